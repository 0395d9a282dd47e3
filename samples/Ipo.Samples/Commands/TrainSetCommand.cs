using System.CommandLine;
using System.Diagnostics;

namespace Ipo.Samples.Commands;

/// <summary><c>train-set</c>: random pictures with captions in one file.</summary>
internal static class TrainSetCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder for images.u8, captions.jsonl and world.json." };
        var count = new Option<int>("--count") { Description = "Pictures to draw.", HelpName = "N", Required = true };
        var things = Given.Names("--thing", "Only these: category/name, category/* or a name in every sense.");
        var exceptThings = Given.Names("--except-thing", "None of these, written alike.");
        var styles = Given.Names("--style", "Only these styles.");
        var exceptPairs = Given.Names("--except-pair", "No picture of these pairs: style:category/name or style:category/*.");
        var (seed, size, force) = (Given.Seed(), Given.Size(64), Given.Force("a training set in the folder"));
        var command = new Command("train-set", "Draws random things in random styles: raw RGB bytes of shape [N, size, size, 3] and a line of attributes for each.")
        {
            folder, count, things, exceptThings, styles, exceptPairs, seed, size, force,
        };
        command.SetAction((parsed, stop) =>
        {
            var set = new TrainSet(parsed.GetValue(count), parsed.GetValue(size), parsed.GetValue(seed))
            {
                Things = parsed.GetValue(things)!,
                ExceptThings = parsed.GetValue(exceptThings)!,
                Styles = parsed.GetValue(styles)!,
                ExceptPairs = parsed.GetValue(exceptPairs)!,
            };
            var clock = Stopwatch.StartNew();
            set.Draw(parsed.GetValue(folder)!, parsed.GetValue(force), Given.Progress(parsed.InvocationConfiguration.Error, set.Count), stop);
            var seconds = clock.Elapsed.TotalSeconds;
            parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                $"{set.Count} pictures of {set.Size} pixels in {parsed.GetValue(folder)} ({seconds:0.0} s, {set.Count / seconds:0} a second)"));
            return Task.FromResult(SampleCommand.Done);
        });
        return command;
    }
}
