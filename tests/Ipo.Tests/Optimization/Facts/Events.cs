using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;

namespace Ipo.Tests.Optimization.Facts;

/// <summary>Facts that tests of runs share.</summary>
internal static class Events
{
    public static readonly DateTimeOffset At = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Two base classes of three images each and one novel class; both providers are paid.</summary>
    public static readonly RunPrepared Prepared = new(
        At,
        DatasetDigest: "d1",
        ClassNames: ["heron", "sea horse"],
        NovelClassNames: ["wild cat"],
        SearchImages: [new("a0", 0), new("a1", 0), new("a2", 0), new("b0", 1), new("b1", 1), new("b2", 1)],
        Parts: [DatasetPart.Search, DatasetPart.TestBase, DatasetPart.TestNovel],
        HandWrittenTemplate: "a photo of a <CLASS>, a kind of animal.",
        Model: new("tiny", "m1", "CPU", "fp32", "v1", 100),
        Proposer: new("words", "words-1", Paid: true),
        Captioner: new("eyes", "eyes-1", Paid: true));

    public static readonly RunSettings Settings = new()
    {
        Dataset = "animals",
        Preset = "ipo-paper",
        Steps = 4,
        CallsPerStep = 2,
        CandidatesPerCall = 3,
        MemorySize = 5,
        DescriptionLimit = 4,
    };

    public static CallFailure Failure(FailureKind kind) => new(kind, $"It said {kind}.", null);

    /// <summary>What a run found, without what it cost: equal for two runs on one trajectory.</summary>
    public static string Trajectory(RunState run) => string.Join('\n',
    [
        .. run.Scored.Select(prompt => $"{prompt.Step} {prompt.Template.Text} {prompt.Accuracy:R} {prompt.Loss:R}"),
        .. run.Refusals.Select(refusal => $"{refusal.Key} {refusal.Value}"),
        .. run.Descriptions.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"),
        .. run.Evaluations.Select(done => $"{done.Template} {done.Part} {done.Accuracy:R}"),
        $"{run.StepsCompleted} {run.Ended?.Reason} {run.Ended?.Winner} {run.Winner} {run.Status}",
    ]);
}
