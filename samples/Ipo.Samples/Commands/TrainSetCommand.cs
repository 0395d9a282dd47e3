using System.CommandLine;
using System.Diagnostics;
using Ipo.Samples.Datasets;

namespace Ipo.Samples.Commands;

/// <summary><c>train-set</c>: random pictures with captions in one file.</summary>
internal static class TrainSetCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder for images.u8, captions.jsonl and world.json." };
        var count = new Option<int>("--count") { Description = "Number of pictures to draw.", HelpName = "N", Required = true };
        var things = CommonOptions.Names("--thing", "Draw only these: category/name, category/* or a name in every meaning.");
        var exceptThings = CommonOptions.Names("--except-thing", "Leave these out, written the same way.");
        var styles = CommonOptions.Names("--style", "Draw only in these styles.");
        var exceptPairs = CommonOptions.Names("--except-pair", "Leave these pairs out: style:category/name or style:category/*.");
        var seed = CommonOptions.Seed();
        var size = CommonOptions.Size(64);
        var force = CommonOptions.Force("Replace a training set in the folder.");
        var command = new Command(
            "train-set",
            "Draws random things in random styles: raw RGB bytes of shape [N, size, size, 3] and a line of attributes for each picture.")
        {
            folder, count, things, exceptThings, styles, exceptPairs, seed, size, force,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var set = new TrainSet(parsed.GetValue(count), parsed.GetValue(size), parsed.GetValue(seed))
            {
                Things = parsed.GetValue(things)!,
                ExceptThings = parsed.GetValue(exceptThings)!,
                Styles = parsed.GetValue(styles)!,
                ExceptPairs = parsed.GetValue(exceptPairs)!,
            };
            var progress = new DrawingProgress(parsed.InvocationConfiguration.Error, set.Count);
            var started = Stopwatch.GetTimestamp();
            set.Draw(parsed.GetValue(folder)!, parsed.GetValue(force), progress, cancellation);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var speed = FormattableString.Invariant($"{seconds:0.0} s, {set.Count / seconds:0} per second");
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{Amounts.Count(set.Count, "picture")} of {set.Size} pixels in {parsed.GetValue(folder)} ({speed})");
            return Task.FromResult(SamplesCommand.Done);
        });
        return command;
    }
}
