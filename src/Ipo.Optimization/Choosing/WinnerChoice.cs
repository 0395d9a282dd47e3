using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Choosing;

/// <summary>The winner of a run and how it compares on the selection images.</summary>
/// <param name="Winner">The winner; the baseline where nothing beats it.</param>
/// <param name="Finalists">Every finalist on the selection images, the baseline first.</param>
/// <param name="Folded">What the folds' choices do on images that they did not see; null where validation images
/// chose.</param>
/// <param name="Few">Whether the selection images were few, so that shrunken log-likelihood chose.</param>
public sealed record WinnerChoice(PromptSet Winner, IReadOnlyList<Finalist> Finalists, FoldedGain? Folded, bool Few)
{
    /// <summary>Chooses by what a run's journal says.</summary>
    /// <param name="run">A run whose search has ended and whose finalists are evaluated on the selection
    /// images.</param>
    public static WinnerChoice Of(RunState run)
    {
        var prepared = run.Prepared!;
        var part = Choosing.Finalists.SelectionPart(prepared);
        var contenders = Choosing.Finalists.Sets(run).Select(set => new Contender(set, run.OutcomesOf(set.Text, part)!)).ToList();
        var compared = Ensemble.Of(run)?.Compared ?? [];
        if (part == DatasetPart.Validation)
            return OnHeldOut(contenders, prepared.ClassNames.Count, run.Settings.Seed, compared, Shortening.Of(run));

        // Every template of the search is a finalist in every fold, so that a fold's images have no say in who does;
        // and every set that was compared, so that the test pays for all of them.
        var scored = run.Scored.Where(prompt => !run.Unscorable.Contains(prompt.Template.Identity))
            .OrderByDescending(prompt => prompt.Template.Identity == PromptTemplate.Baseline.Identity)
            .Select(prompt => new Contender(prompt.Template, prompt.Outcomes!)).ToList();
        return OnFolds([.. scored, .. compared], contenders, prepared.ClassNames.Count, run.Settings.Seed, compared);
    }

    /// <summary>Chooses among finalists on images that the search did not see.</summary>
    /// <param name="contenders">The finalists, the baseline first.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the intervals.</param>
    /// <param name="compared">Ensembles that were compared on these images; each finalist's p-value pays for them
    /// too.</param>
    /// <param name="shortening">The best of them without words that are worth nothing; it is a finalist then, and p-values
    /// pay for every cut that was tried. Null for none.</param>
    public static WinnerChoice OnHeldOut(
        IReadOnlyList<Contender> contenders, int classes, long seed, IReadOnlyList<Contender>? compared = null,
        Shortening? shortening = null)
    {
        var winner = shortening?.Shortened ?? contenders[Best(contenders, classes)];
        if (contenders.All(contender => contender.Template != winner.Template)) contenders = [.. contenders, winner];
        return new(
            winner.Template, Finalist.All(contenders, [.. compared ?? [], .. shortening?.Compared ?? []], seed), null,
            Choice.AreFew(contenders[0].Outcomes.Images, classes));
    }

    /// <summary>The place of the best contender.</summary>
    internal static int Best(IReadOnlyList<Contender> contenders, int classes) => Choice.Best(
        [.. contenders.Select(contender => contender.Outcomes)], Choice.AreFew(contenders[0].Outcomes.Images, classes));

    /// <summary>Chooses among all templates of the search, and sets of them, by folds of its own images.</summary>
    /// <param name="scored">Every template and set, the baseline first.</param>
    /// <param name="finalists">Those to report on, the baseline first.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the intervals.</param>
    /// <param name="compared">The sets among them.</param>
    public static WinnerChoice OnFolds(
        IReadOnlyList<Contender> scored, IReadOnlyList<Contender> finalists, int classes, long seed,
        IReadOnlyList<Contender>? compared = null)
    {
        var outcomes = scored.Select(contender => contender.Outcomes).ToList();
        var few = Choice.AreFew(outcomes[0].Images, classes);
        var chosen = Choice.CrossValidate(outcomes, few);
        var gain = (double)(chosen.Unseen.AsSpan().Count('1') - outcomes[0].Right) / outcomes[0].Images;
        var winner = scored[chosen.Winner];
        // Among few images another set than the one that was grown may rank first: shrinkage looks at all of them.
        if (winner.Template.IsEnsemble && finalists.All(finalist => finalist.Template != winner.Template))
            finalists = [.. finalists, winner];
        return new(
            winner.Template, Finalist.All(finalists, compared ?? [], seed),
            new(gain, FoldedTest.PValue(outcomes, few, Seeds.Draw(seed, Seeds.Folds))), few);
    }
}

/// <summary>What cross-validated choices gain over the baseline on images that they did not see.</summary>
/// <param name="Difference">Difference of accuracies.</param>
/// <param name="P">One-sided p-value (<see cref="FoldedTest"/>).</param>
public sealed record FoldedGain(double Difference, double P)
{
    /// <summary>What the test says; two-sided as every other judgement. A choice that is worse is not made.</summary>
    public Judgement Judgement => 2 * P < PairedComparison.Significance ? Judgement.Better : Judgement.Same;
}

/// <summary>A template, or a set of them, with its outcomes on the selection images.</summary>
public sealed record Contender(PromptSet Template, ImageOutcomes Outcomes);

/// <summary>A finalist beside the baseline on the selection images.</summary>
/// <param name="Template">The finalist.</param>
/// <param name="Outcomes">Its outcomes.</param>
/// <param name="Comparison">Beside the baseline; null for the baseline itself.</param>
/// <param name="HolmP">Its McNemar p-value adjusted for all finalists and all ensembles that were compared; null for
/// the baseline itself.</param>
public sealed record Finalist(PromptSet Template, ImageOutcomes Outcomes, PairedComparison? Comparison, double? HolmP)
{
    internal static IReadOnlyList<Finalist> All(IReadOnlyList<Contender> contenders, IReadOnlyList<Contender> compared, long seed)
    {
        var baseline = contenders[0];
        var family = contenders.Skip(1).Concat(compared.ExceptBy(contenders.Select(one => one.Template), one => one.Template));
        var comparisons = family.Select(one => PairedComparison.Of(one.Outcomes.Correct, baseline.Outcomes.Correct, seed)).ToList();
        var adjusted = Holm.Adjust([.. comparisons.Select(one => one.McNemar)]);
        return
        [
            new(baseline.Template, baseline.Outcomes, null, null),
            .. contenders.Skip(1).Select((one, at) => new Finalist(one.Template, one.Outcomes, comparisons[at], adjusted[at])),
        ];
    }
}
