using Ipo.V1;
using Ipo.Web.Charts;

namespace Ipo.Web.Backend;

/// <summary>A run as pages show it, worked out once for all of them.</summary>
/// <param name="Run">The run.</param>
/// <param name="Report">Its report; null before it is completed.</param>
/// <param name="Search">What its search has found; the same object until it finds more.</param>
/// <param name="Descriptions">What the captioner said of its images so far.</param>
public sealed record RunSnapshot(Run Run, RunReport? Report, SearchView Search, IReadOnlyList<ImageDescription> Descriptions)
{
    public static RunSnapshot Of(Run run, GetRunReportResponse answer, IReadOnlyList<ImageDescription> descriptions) => new(
        run, answer.Report,
        answer.Report is { } report
            ? SearchView.Of(run, report.Curve, report.Trajectory, report.ProposerShares, report.BaselineEvaluation.Search)
            : SearchView.Of(run, answer.Search.Curve, answer.Search.Trajectory, answer.Search.ProposerShares, null),
        descriptions);

    /// <summary>The same finds of a run that went on.</summary>
    public RunSnapshot With(Run run, IReadOnlyList<ImageDescription> descriptions) => this with { Run = run, Descriptions = descriptions };
}

/// <summary>What a search has found, drawn and in order.</summary>
/// <param name="Accuracy">Accuracy over the steps.</param>
/// <param name="Loss">Loss over the steps.</param>
/// <param name="Ranked">Every scored template, the best first.</param>
/// <param name="Shares">Who proposed what.</param>
/// <param name="Refusals">What was refused.</param>
public sealed record SearchView(
    Drawing Accuracy, Drawing Loss, IReadOnlyList<ScoredTemplate> Ranked, IReadOnlyList<ProposerShare> Shares,
    IReadOnlyList<RefusalCount> Refusals)
{
    private const string Name = "best so far";

    /// <summary>Where a template that no step proposed comes from.</summary>
    public static string Origin(ScoredTemplate scored) => scored.Template == "a photo of a <CLASS>." ? "baseline" : "branch";

    /// <param name="run">The run.</param>
    /// <param name="curve">Best values after each step.</param>
    /// <param name="trajectory">Every scored template.</param>
    /// <param name="shares">Who proposed what.</param>
    /// <param name="baseline">The baseline on the search images; null where its interval is not known.</param>
    public static SearchView Of(
        Run run, IReadOnlyList<CurvePoint> curve, IReadOnlyList<ScoredTemplate> trajectory, IReadOnlyList<ProposerShare> shares,
        SplitScore? baseline)
    {
        var reference = baseline is { } score
            ? new Band("baseline, 95 % interval", score.Accuracy * 100, score.AccuracyLow * 100, score.AccuracyHigh * 100)
            : run.Baseline is { } alone ? new("baseline", alone.Accuracy * 100, alone.Accuracy * 100, alone.Accuracy * 100) : null;
        return new(
            Drawing.Of([Curve.OfAccuracy(Name, curve, trajectory)], " %", run.Settings.Steps, reference),
            Drawing.Of([Curve.OfLoss(Name, curve, [])], "", run.Settings.Steps, null),
            [.. trajectory.OrderByDescending(scored => scored.Accuracy).ThenBy(scored => scored.Loss)],
            shares, run.Refusals);
    }
}
