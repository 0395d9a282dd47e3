using System.CommandLine;
using System.Diagnostics;
using Ipo.Samples.Datasets;

namespace Ipo.Samples.Commands;

/// <summary><c>draw</c>: a dataset with a folder for each class.</summary>
internal static class DrawCommand
{
    public static Command Create()
    {
        var first = DatasetRequest.FirstStart;
        var folder = new Argument<string>("DIR") { Description = "Folder to draw into; created if missing." };
        var styles = CommonOptions.Names("--style", $"Styles; the pictures of a class alternate between them. Default: {first.Styles[0]}.");
        var categories = CommonOptions.Names("--category", $"Categories of things. Default: {first.Categories[0]}.");
        var classes = CommonOptions.Names("--class", "Draw only these classes of the categories.");
        var count = CommonOptions.Number("--count", "Pictures per class, 1 to 9999.", first.CountPerClass);
        var seed = CommonOptions.Seed();
        var size = CommonOptions.Size(first.Size);
        var force = CommonOptions.Force("Replace a dataset that was drawn into the folder before; other files are kept.");
        var command = new Command(
            "draw", "Draws a dataset: DIR/CLASS/0000.png…, with captions.jsonl and sample.json beside the class folders.")
        {
            folder, styles, categories, classes, count, seed, size, force,
        };
        command.SetAction((parsed, cancellation) =>
        {
            string[] Or(Option<string[]> option, IReadOnlyList<string> usual) =>
                parsed.GetValue(option) is { Length: > 0 } given ? given : [.. usual];
            var request = new DatasetRequest(Or(styles, first.Styles), Or(categories, first.Categories))
            {
                Classes = parsed.GetValue(classes) is { Length: > 0 } named ? named : null,
                CountPerClass = parsed.GetValue(count),
                Seed = parsed.GetValue(seed),
                Size = parsed.GetValue(size),
            };
            var path = parsed.GetValue(folder)!;
            var classCount = request.FindThings().Count;
            var total = classCount * request.CountPerClass;
            var progress = new DrawingProgress(parsed.InvocationConfiguration.Error, total);
            var started = Stopwatch.GetTimestamp();
            var card = SampleDataset.Draw(request, path, parsed.GetValue(force), progress, cancellation);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(FormattableString.Invariant(
                $"{Amounts.Count(total, "picture")} of {Amounts.Count(classCount, "class", "classes")} in {path} ({seconds:0.0} s)"));
            output.WriteLine($"true template: {card.TrueTemplate}");
            return Task.FromResult(SamplesCommand.Done);
        });
        return command;
    }
}
