using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;

namespace Ipo.Tests.Orchestrator.Journal;

/// <summary>Events for tests that need some.</summary>
internal static class SampleEvents
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));

    /// <summary>One of every kind, with texts that are hard to store.</summary>
    public static IReadOnlyList<RunEvent> EveryEvent()
    {
        const string Hard = "ü \"quoted\" \\ \u0000 <INS> 😀\n";
        var usage = new CallUsage(1, 2, long.MaxValue, TimeSpan.FromMilliseconds(12.5));
        var failure = new CallFailure(FailureKind.RateLimited, Hard, TimeSpan.FromSeconds(3));
        return
        [
            new RunCreated(
                Time, "run", Presets.Get(
                    "ipo-code", Hard) with { Seed = long.MinValue, Budget = new(1, null, 3, TimeSpan.FromMinutes(4)) }),
            new RunPickedUp(Time),
            new RunPrepared(
                Time, "d", ["a", Hard], [], [new("s", 1)], [DatasetPart.Search, DatasetPart.TestNovel], null,
                new("m", "d", "cpu", "fp32", "1", 100.00000762939453), new("evolve", "1", false), null),
            new ImagesEmbedded(Time, 1, 2),
            new DescriptionRequested(Time, "s", 1),
            new DescriptionReceived(Time, "s", Hard, true, CallUsage.None, "m"),
            new DescriptionFailed(Time, "s", failure with { RetryAfter = null }, usage),
            new ProposalRequested(Time, 1, 0, 1, "i"),
            new ProposalAnswered(Time, 1, 0, Hard, usage, "m"),
            new ProposalFailed(Time, 1, 0, failure, usage),
            new TemplateScored(Time, 1, "a <CLASS>", 1 / 3.0, double.Epsilon),
            new TemplateRefused(Time, 1, Hard, RefusalReason.NamesAClass, Hard),
            new StepCompleted(Time, 1),
            new StopRequested(Time),
            new SearchEnded(Time, StopReason.MoneySpent, "a <CLASS>"),
            new WinnerChosen(Time, "a <CLASS>"),
            new TestOpened(Time, 2),
            new TemplateEvaluated(Time, "a <CLASS>", DatasetPart.TestBase, 0.5, 1.5, [1, 2], [0, 1], "010"),
            new RunCompleted(Time),
            new RunFailed(Time, Hard),
            new RunResumed(Time),
            new RunCancelled(Time),
            new PauseRequested(Time),
            new RunPaused(Time),
            new ConfusionsFound(Time, "a <CLASS>", [new(1, 0, 3)]),
            new ImagesChosen(Time, ["s"]),
            new DescriptionsChosen(Time, [new("s", ["t"])], [new("u", DescriptionFlag.NamesAClass, 0.1, -1, Hard)]),
            new RunCreated(Time, "labelled", Presets.Get("robust", "d"), new Dictionary<string, string> { ["team"] = Hard, ["empty"] = "" }, Hard),
            new RunCreated(Time, "branch", Presets.Get("robust", "d"), Branch: new("run", 2, ["a <CLASS>"])),
            new DuplicatesFound(Time, 1, [new("t", DatasetPart.TestBase, "s", DatasetPart.Search, 0.995)]),
        ];
    }
}
