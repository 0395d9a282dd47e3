using System.CommandLine;
using System.Diagnostics;

namespace Ipo.Samples.Commands;

/// <summary><c>draw</c>: a dataset with a folder for each class.</summary>
internal static class DrawCommand
{
    public static Command Create()
    {
        var first = SampleWorld.FirstStart;
        var folder = new Argument<string>("DIR") { Description = "The folder to draw into; created where it is missing." };
        var styles = Given.Names("--style", $"Styles; with several, the pictures of a class take turns. Default: {first.Styles[0]}.");
        var categories = Given.Names("--category", $"Categories of things. Default: {first.Categories[0]}.");
        var classes = Given.Names("--class", "Only these classes of the categories.");
        var count = new Option<int>("--count") { Description = "Pictures of each class, 1 to 9999.", HelpName = "N", DefaultValueFactory = _ => first.CountPerClass };
        var (seed, size, force) = (Given.Seed(), Given.Size(first.Size), Given.Force("a dataset drawn into the folder before, and nothing else"));
        var command = new Command("draw", "Draws a dataset: DIR/CLASS/0000.png…, with captions.jsonl and sample.json beside the class folders.")
        {
            folder, styles, categories, classes, count, seed, size, force,
        };
        command.SetAction((parsed, stop) =>
        {
            string[] Or(Option<string[]> option, IReadOnlyList<string> usual) => parsed.GetValue(option) is { Length: > 0 } given ? given : [.. usual];
            var request = new DatasetRequest(Or(styles, first.Styles), Or(categories, first.Categories))
            {
                Classes = parsed.GetValue(classes) is { Length: > 0 } named ? named : null,
                CountPerClass = parsed.GetValue(count),
                Seed = parsed.GetValue(seed),
                Size = parsed.GetValue(size),
            };
            var (things, _) = request.Resolve();
            var (output, total, path) = (parsed.InvocationConfiguration.Output, things.Count * request.CountPerClass, parsed.GetValue(folder)!);
            var clock = Stopwatch.StartNew();
            var card = SampleDataset.Draw(request, path, parsed.GetValue(force), Given.Progress(parsed.InvocationConfiguration.Error, total), stop);
            output.WriteLine(FormattableString.Invariant($"{total} pictures of {things.Count} classes in {path} ({clock.Elapsed.TotalSeconds:0.0} s)"));
            output.WriteLine($"true template: {card.TrueTemplate}");
            return Task.FromResult(SampleCommand.Done);
        });
        return command;
    }
}
