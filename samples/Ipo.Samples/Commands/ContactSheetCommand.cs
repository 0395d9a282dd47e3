using System.CommandLine;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;

namespace Ipo.Samples.Commands;

/// <summary><c>contact-sheet</c>: many pictures in one file, to be looked at.</summary>
internal static class ContactSheetCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The PNG file to write." };
        var categories = Given.Names("--category", "A row for each thing of these categories, a column for each style. Without it: every name with several meanings, its senses side by side.");
        var styles = Given.Names("--style", "Only these styles.");
        var copies = new Option<int>("--copies") { Description = "Pictures of each thing in each style.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var (seed, size, force) = (Given.Seed(), Given.Size(72), Given.Force("the file"));
        var command = new Command("contact-sheet", "Draws many pictures into one.") { file, categories, styles, copies, seed, size, force };
        command.SetAction((parsed, _) =>
        {
            var (path, named, count) = (parsed.GetValue(file)!, parsed.GetValue(categories)!, parsed.GetValue(copies));
            if (File.Exists(path) && !parsed.GetValue(force)) throw new IOException($"'{path}' exists. Name another file, or use --force.");
            if (count < 1) throw new ArgumentException($"--copies is {count}; it must be 1 or more.");
            var request = new DatasetRequest(
                parsed.GetValue(styles) is { Length: > 0 } given ? given : [.. Style.All.Select(s => s.Name)], named.Length > 0 ? named : ["bird"])
            { Size = parsed.GetValue(size) };
            var (things, drawn) = request.Resolve();
            List<(Thing, Style, int)> cells = named.Length > 0
                ? [.. from thing in things from style in drawn from number in Enumerable.Range(0, count) select (thing, style, number)]
                : Senses(drawn, count);
            File.WriteAllBytes(path, ContactSheet.Draw(cells, named.Length > 0 ? drawn.Count * count : 12, SampleDataset.Invariant(parsed.GetValue(seed)), request.Size));
            parsed.InvocationConfiguration.Output.WriteLine($"{cells.Count} pictures in {path}");
            return Task.FromResult(SampleCommand.Done);
        });
        return command;
    }

    private static List<(Thing, Style, int)> Senses(IReadOnlyList<Style> styles, int copies)
    {
        var names = Thing.All.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).ToList();
        return [.. from i in Enumerable.Range(0, names.Count) from number in Enumerable.Range(0, copies) from thing in names[i] select (thing, styles[i % styles.Count], number)];
    }
}
