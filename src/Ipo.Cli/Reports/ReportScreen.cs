using System.Text;
using Ipo.Cli.Output;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Spectre.Console;
using Spectre.Console.Rendering;
using MarkdownCell = Markdig.Extensions.Tables.TableCell;
using MarkdownRow = Markdig.Extensions.Tables.TableRow;
using MarkdownTable = Markdig.Extensions.Tables.Table;
using ScreenTable = Spectre.Console.Table;

namespace Ipo.Cli.Reports;

/// <summary>A report's Markdown as a person reads it on a screen: headings, tables as wide as the screen, no
/// markup.</summary>
internal static class ReportScreen
{
    private static readonly Style Bold = new(null, null, Decoration.Bold);
    private static readonly Style Title = new(Color.Green, null, Decoration.Bold);
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    /// <summary>Writes the report.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="markdown">The report in Markdown.</param>
    public static void Write(Terminal terminal, string markdown)
    {
        var console = AnsiConsole.Create(new()
        {
            Out = new AnsiConsoleOutput(terminal.Out),
            Ansi = terminal.OutColoured ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal.OutColoured ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = Math.Max(40, terminal.Width());
        console.Profile.Capabilities.Unicode = true;
        foreach (var block in Markdown.Parse(Terminal.Plain(markdown), Pipeline)) Write(console, block);
    }

    private static void Write(IAnsiConsole console, Block block)
    {
        switch (block)
        {
            case HeadingBlock heading:
                console.WriteLine();
                console.Write(new Paragraph(Text(heading.Inline), heading.Level == 1 ? Title : Bold));
                console.WriteLine();
                break;
            case MarkdownTable table:
                console.Write(Of(table));
                break;
            case ListBlock list:
                foreach (var item in list.OfType<ListItemBlock>()) console.Write(Of(item));
                break;
            case LeafBlock { Inline: { } inline }:
                console.Write(Of(inline));
                console.WriteLine();
                break;
            case FencedCodeBlock code:
                console.Write(new Padder(new Text(code.Lines.ToString())).Padding(2, 0, 0, 0));
                break;
        }
    }

    private static Padder Of(ListItemBlock item)
    {
        var paragraphs = item.OfType<ParagraphBlock>().Select(paragraph => (IRenderable)Of(paragraph.Inline));
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(1)).AddColumn(new GridColumn().PadRight(0));
        grid.AddRow(new Text("•"), new Rows(paragraphs));
        return new Padder(grid).Padding(0, 0, 0, 0);
    }

    private static ScreenTable Of(MarkdownTable table)
    {
        var shown = new ScreenTable().Border(TableBorder.Rounded).ShowRowSeparators();
        var rows = table.OfType<MarkdownRow>().ToList();
        var width = rows.Max(row => row.Count);
        var heads = rows.First(row => row.IsHeader).OfType<MarkdownCell>().Select(Of).ToList();
        for (var column = 0; column < width; column++)
        {
            var head = new TableColumn(heads.ElementAtOrDefault(column) ?? new Paragraph());
            var isRight = table.ColumnDefinitions.ElementAtOrDefault(column)?.Alignment is TableColumnAlign.Right;
            shown.AddColumn(isRight ? head.RightAligned() : head);
        }
        // A table without names of columns lists facts.
        if (heads.TrueForAll(head => head.Length == 0)) shown.HideHeaders();
        foreach (var row in rows.Where(row => !row.IsHeader))
            shown.AddRow(Enumerable.Range(0, width).Select(column =>
                (IRenderable)(row.ElementAtOrDefault(column) is MarkdownCell cell ? Of(cell) : new Paragraph())));
        return shown;
    }

    private static Paragraph Of(MarkdownCell cell)
    {
        var paragraph = new Paragraph();
        foreach (var part in cell.OfType<ParagraphBlock>()) Append(paragraph, part.Inline, Style.Plain);
        return paragraph;
    }

    private static Paragraph Of(ContainerInline? inline)
    {
        var paragraph = new Paragraph();
        Append(paragraph, inline, Style.Plain);
        return paragraph;
    }

    private static void Append(Paragraph paragraph, ContainerInline? inlines, Style style)
    {
        foreach (var inline in inlines ?? [])
        {
            switch (inline)
            {
                case EmphasisInline emphasis:
                    Append(paragraph, emphasis, Bold);
                    break;
                case ContainerInline container:
                    Append(paragraph, container, style);
                    break;
                default:
                    paragraph.Append(Text(inline), style);
                    break;
            }
        }
    }

    private static string Text(Inline? inline) => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        LineBreakInline { IsHard: true } => "\n",
        LineBreakInline => " ",
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        HtmlInline html => html.Tag,
        ContainerInline container => container.Aggregate(new StringBuilder(), (text, part) => text.Append(Text(part))).ToString(),
        _ => "",
    };
}
