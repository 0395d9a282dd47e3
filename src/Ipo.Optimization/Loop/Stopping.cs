using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Loop;

/// <summary>When a search ends before its steps are done, budgets aside.</summary>
public static class Stopping
{
    /// <summary>A mean loss in nats below which nothing is left to gain: the images' own classes have 99 % of the
    /// probability.</summary>
    public const double PerfectLoss = 0.01;

    /// <summary>A loss that falls by less than this, in nats, is no better template.</summary>
    public const double LeastGain = 0.001;

    /// <summary>Steps without one candidate that could be scored after which a search ends: what a model does not
    /// understand by then it does not learn, because it sees scores and no refusals.</summary>
    public const int UnusableSteps = 3;

    /// <summary>Why the search ends now; null while it goes on.</summary>
    public static StopReason? Reason(RunState run)
    {
        if (run.IsAskedToStop) return StopReason.Requested;
        if (run.StepsCompleted >= UnusableSteps && run.IsNothingScored) return StopReason.NothingUsable;
        // Accuracy alone is not enough: one image a class is soon right, and a lower loss still tells templates apart.
        if (run.Settings.StopsWhenPerfect && run.Best is { Accuracy: >= 1, Loss: <= PerfectLoss }) return StopReason.Perfect;
        if (run.Settings.Patience > 0 && run.StepsCompleted - LastGain(run) >= run.Settings.Patience) return StopReason.Plateau;
        return null;
    }

    /// <summary>The last step that brought a better template: one more accurate, or as accurate with a lower
    /// loss.</summary>
    public static int LastGain(RunState run)
    {
        ScoredPrompt? best = null;
        foreach (var prompt in run.Scored)
            if (best is null || prompt.Accuracy > best.Accuracy
                || (prompt.Accuracy == best.Accuracy && prompt.Loss <= best.Loss - LeastGain))
                best = prompt;
        return best?.Step ?? 0;
    }
}
