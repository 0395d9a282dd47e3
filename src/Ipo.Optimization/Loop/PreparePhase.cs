using Ipo.Optimization.Actions;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Loop;

/// <summary>Phase 1: fixes what the run works on and with, has the images encoded, and scores the baseline.</summary>
internal static class PreparePhase
{
    public static RunAction? Next(RunState run)
    {
        if (run.Prepared is not { } prepared) return new Prepare();
        if (!run.Embedded) return new EmbedImages();
        if (run.Baseline is not null) return null;
        // The baseline is scored before anything is spent, so there is always a winner to return.
        return run.Unscorable.Contains(PromptTemplate.Baseline.Identity)
            ? new Fail(new BaselineUnscorable())
            : new ScoreTemplates(0, Start(run), [], SearchPhase.DetailOf(run.Settings, prepared));
    }

    // With the memory of the run that it branches off from, which costs nothing but its scores.
    private static List<PromptTemplate> Start(RunState run) =>
    [
        PromptTemplate.Baseline,
        .. (run.Branch?.Templates ?? []).Select(PromptTemplate.Parse)
            .Where(template => template.Identity != PromptTemplate.Baseline.Identity && !run.Tried.Contains(template.Identity))
            .DistinctBy(template => template.Identity),
    ];
}
