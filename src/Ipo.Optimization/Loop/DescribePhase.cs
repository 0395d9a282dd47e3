using Ipo.Optimization.Actions;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.State;

namespace Ipo.Optimization.Loop;

/// <summary>Phase 2: has images described, and chooses what instructions show of the descriptions.</summary>
internal static class DescribePhase
{
    /// <summary>Descriptions asked for at once.</summary>
    private const int DescriptionsAtOnce = 4;

    // So many images that are all left out, and none described: what they have in common is how the captioner is set up,
    // and every further one would be asked about in vain, at a price. A limit that is too small shows sooner than a
    // refusal, which may be for what an image shows.
    private const int TellingLimits = DescriptionsAtOnce;
    private const int TellingRefusals = 2 * DescriptionsAtOnce;

    public static RunAction? Next(RunState run, RunPrepared prepared)
    {
        if (prepared.Captioner is not { } captioner) return null;
        var limit = run.Settings.DescriptionLimit;
        if (run.ImagesChosen is null && ImagesToDescribe.AreChosen(run.Settings, prepared))
            return new ChooseImages(ImageSelection.Pool(prepared.SearchImages, limit, run.Settings.Seed), limit);

        var waiting = new List<DescriptionCall>();
        var skipped = new List<CallFailure>();
        foreach (var image in ImagesToDescribe.Of(run).Where(image => !run.Descriptions.ContainsKey(image.Sha256)))
        {
            var attempts = run.AttemptsAt(CallKey.Describe(image.Sha256));
            if (attempts.FinalFailure is not { } failure) waiting.Add(new(image, attempts.NextAttempt, attempts.NotBefore));
            else if (attempts.SkipsImage) skipped.Add(failure);
            else return new Fail(new CaptionerFailed(captioner.Name, attempts.Failures, failure.Message));
        }
        // One image may be refused for what it shows; when all are, it is for how the captioner is set up.
        if (run.Descriptions.IsEmpty && skipped.Count > 0 && (waiting.Count == 0 || IsTelling(skipped)))
            return new Fail(new NothingDescribed(captioner.Name, skipped[^1].Message));
        if (waiting.Count == 0) return ChooseDescriptions(run);
        if (run.Spending.Forbids(run.Settings.Budget, run.Elapsed, captioner.Paid) is { } reason)
            return new EndSearch(reason, run.Best!.Template);
        if (captioner.Paid && BudgetRules.Unkept(run) is { } unkept) return unkept;
        return new DescribeImages([.. waiting.Take(BudgetRules.Affordable(run, captioner.Paid, DescriptionsAtOnce))]);
    }

    private static bool IsTelling(List<CallFailure> skipped) =>
        skipped.Count >= TellingRefusals || skipped.Count(failure => failure.Kind == FailureKind.LimitReached) >= TellingLimits;

    private static ChooseDescriptions? ChooseDescriptions(RunState run)
    {
        if (run.Settings.DescriptionTokens == 0 || run.DescriptionsChosen is not null) return null;
        SearchImage[] described = [.. ImagesToDescribe.Of(run).Where(image => run.Descriptions.ContainsKey(image.Sha256))];
        return described.Length == 0 ? null : new(described);
    }
}
