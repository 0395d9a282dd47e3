using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>What the search of a run has found so far, in whatever state the run is: a pure function of its state. It proves
/// nothing; a completed run has a <see cref="RunReport"/>, which holds the same and the proof.</summary>
public record SearchReport
{
    private const int BestShown = 10;

    /// <summary>The run, with its settings, spending and refusals.</summary>
    public required RunState Run { get; init; }

    /// <summary>The best templates on the search images, best first.</summary>
    public IReadOnlyList<ScoredPrompt> BestTemplates { get; init; } = [];

    /// <summary>The best so far after each step, the baseline as step 0; empty before it is scored.</summary>
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];

    /// <summary>What each proposer brought, in the order of the settings.</summary>
    public IReadOnlyList<ProposerShare> ProposerShares { get; init; } = [];

    /// <summary>Every scored template and who wrote it, in the order of scoring.</summary>
    public IReadOnlyList<ReportedCandidate> Candidates { get; init; } = [];

    /// <summary>What a reader must know.</summary>
    public IReadOnlyList<Caveat> Caveats { get; init; } = [];

    /// <summary>Whether test images were scored: a run may end between that and its verdict.</summary>
    public bool HasOpenedTest => Run.TestOpened is not null || Run.Evaluations.Any(done => done.Part.IsTest());

    /// <summary>Makes the report of a run in any state.</summary>
    public static SearchReport SoFar(RunState run) => new()
    {
        Run = run,
        // The earlier one before its equals: the order in which the winner is chosen.
        BestTemplates = [.. run.Scored.OrderByDescending(prompt => prompt, ScoredPrompt.WorstFirst).Take(BestShown)],
        Curve = [.. CurveOf(run)],
        ProposerShares = ProposerCredits.Shares(run),
        Candidates = [.. run.Scored.Select(prompt => ReportedCandidate.Of(run, prompt))],
        Caveats = [.. Report.Caveats.OfSearch(run)],
    };

    private static IEnumerable<CurvePoint> CurveOf(RunState run)
    {
        for (var step = 0; step <= run.StepsCompleted; step++)
            if (ScoredPrompt.Best(run.Scored.Where(prompt => prompt.Step <= step)) is { } best)
                yield return new(step, best);
    }
}

/// <summary>The best so far after a step.</summary>
/// <param name="Step">The step; 0 is the baseline.</param>
/// <param name="Best">The best template on the search images.</param>
public sealed record CurvePoint(int Step, ScoredPrompt Best);

/// <summary>A scored template and who wrote it.</summary>
/// <param name="Scored">The template and its score on the search images.</param>
/// <param name="Proposer">Name of the proposer, as the run asks for it; empty for the baseline, and before its step is
/// completed.</param>
/// <param name="Model">The model that this proposer is configured with, or the version of its rules; empty as well.</param>
public sealed record ReportedCandidate(ScoredPrompt Scored, string Proposer, string Model)
{
    internal static ReportedCandidate Of(RunState run, ScoredPrompt scored)
    {
        var proposer = run.Credits.ProposerOf(scored.Template) ?? "";
        return new(scored, proposer, run.Prepared?.Proposers.FirstOrDefault(one => one.Name == proposer)?.Model ?? "");
    }
}
