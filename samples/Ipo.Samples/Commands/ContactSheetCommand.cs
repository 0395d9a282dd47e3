using System.CommandLine;
using Ipo.Samples.Datasets;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;

namespace Ipo.Samples.Commands;

/// <summary><c>contact-sheet</c>: many pictures in one file, to be looked at.</summary>
internal static class ContactSheetCommand
{
    // Even, so that the two meanings of a name stand side by side.
    private const int ColumnsOfMeanings = 12;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "PNG file to write." };
        var categories = CommonOptions.Names(
            "--category",
            "Draw a row for each thing in these categories and a column for each style. " +
            "Default: every ambiguous name, its meanings side by side.");
        var styles = CommonOptions.Names("--style", "Use only these styles.");
        var copies = CommonOptions.Number("--copies", "Pictures of each thing in each style.", 1);
        var seed = CommonOptions.Seed();
        var size = CommonOptions.Size(72);
        var force = CommonOptions.Force("Overwrite the file if it exists.");
        var command = new Command("contact-sheet", "Draws many pictures into one file.")
        {
            file, categories, styles, copies, seed, size, force,
        };
        command.SetAction((parsed, _) =>
        {
            var (path, named, count) = (parsed.GetValue(file)!, parsed.GetValue(categories)!, parsed.GetValue(copies));
            if (File.Exists(path) && !parsed.GetValue(force))
                throw new IOException($"'{path}' already exists. Choose another file or use --force.");
            if (count < 1) throw new ArgumentException($"--copies must be 1 or more, but is {count}.");
            var request = new DatasetRequest(
                parsed.GetValue(styles) is { Length: > 0 } given ? given : [.. Style.All.Select(style => style.Name)],
                named.Length > 0 ? named : ["bird"])
            {
                Size = parsed.GetValue(size),
            };
            request.CheckNumbers();
            var drawn = request.FindStyles();
            var cells = named.Length > 0 ? Rows(request.FindThings(), drawn, count) : Meanings(drawn, count);
            var columns = named.Length > 0 ? drawn.Count * count : ColumnsOfMeanings;
            File.WriteAllBytes(path, ContactSheet.Draw(cells, columns, SampleDataset.Invariant(parsed.GetValue(seed)), request.Size));
            parsed.InvocationConfiguration.Output.WriteLine($"{Amounts.Count(cells.Count, "picture")} in {path}");
            return Task.FromResult(SamplesCommand.Done);
        });
        return command;
    }

    private static List<ContactSheetCell> Rows(IReadOnlyList<Thing> things, IReadOnlyList<Style> styles, int copies) =>
    [
        .. from thing in things
           from style in styles
           from number in Enumerable.Range(0, copies)
           select new ContactSheetCell(thing, style, number),
    ];

    private static List<ContactSheetCell> Meanings(IReadOnlyList<Style> styles, int copies)
    {
        var names = Thing.All.GroupBy(thing => thing.Name, StringComparer.Ordinal).Where(meanings => meanings.Count() > 1);
        return
        [
            .. from meanings in names.Index()
               from number in Enumerable.Range(0, copies)
               from thing in meanings.Item
               select new ContactSheetCell(thing, styles[meanings.Index % styles.Count], number),
        ];
    }
}
