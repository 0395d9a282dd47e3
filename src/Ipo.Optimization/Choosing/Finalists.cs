using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Choosing;

/// <summary>Which templates of a search are looked at on images that it did not see.</summary>
public static class Finalists
{
    /// <summary>The baseline, then the best on the search images, best first.</summary>
    /// <param name="scored">Every template of the search; the baseline's outcomes decide whether single losses are at
    /// hand.</param>
    /// <param name="finalists">Most templates beside the baseline.</param>
    /// <param name="classes">Number of classes searched on.</param>
    public static IReadOnlyList<ScoredPrompt> Of(IReadOnlyList<ScoredPrompt> scored, int finalists, int classes)
    {
        var baseline = scored.First(prompt => prompt.Template.Identity == PromptTemplate.Baseline.Identity);
        var others = scored.Where(prompt => prompt != baseline).ToList();
        if (baseline.Outcomes is { Losses: not null } own && Choice.AreFew(own.Images, classes))
            return [baseline, .. Choice.Ranked([own, .. others.Select(prompt => prompt.Outcomes!)], few: true)
                .Take(finalists).Select(ranked => others[ranked.Place - 1])];
        // A stable sort: the earlier one stands before its equals.
        return [baseline, .. others.OrderByDescending(prompt => prompt, ScoredPrompt.WorstFirst).Take(finalists)];
    }

    /// <summary>The finalists of a run whose search has ended, without those that the scorer refused since.</summary>
    public static IReadOnlyList<ScoredPrompt> Of(RunState run) =>
        [.. Of(run.Scored, run.Settings.Finalists, run.Prepared!.ClassNames.Count)
            .Where(prompt => !run.Unscorable.Contains(prompt.Template.Identity))];

    /// <summary>The finalists of a run and, at the end, its ensemble and its sentences of single classes, where it has
    /// any.</summary>
    /// <param name="run">A run whose finalists are evaluated on the selection images.</param>
    public static IReadOnlyList<PromptSet> Sets(RunState run) =>
    [
        .. Of(run).Select(prompt => (PromptSet)prompt.Template),
        .. new[] { Ensemble.Of(run)?.Set, ClassSentences.Of(run) }.OfType<PromptSet>().Where(set => !run.Unscorable.Contains(set.Identity)),
    ];

    /// <summary>The finalists that are single templates, with their outcomes on the selection images.</summary>
    internal static IReadOnlyList<Contender> Singles(RunState run)
    {
        var part = SelectionPart(run.Prepared!);
        return [.. Of(run).Select(prompt => new Contender(prompt.Template, run.OutcomesOf(prompt.Template.Text, part)!))];
    }

    /// <summary>The parts that finalists are looked at on: the selection images, and both halves of the classes where
    /// each holds some of these images.</summary>
    /// <param name="run">A prepared run. Which classes hold selection images is known once the baseline is evaluated on
    /// them, before any other finalist is.</param>
    public static IReadOnlyList<DatasetPart> Parts(RunState run)
    {
        var choosing = SelectionPart(run.Prepared!);
        return HasHalves(run, choosing) ? [choosing, DatasetPart.EvenClasses, DatasetPart.OddClasses] : [choosing];
    }

    // Two classes a half at least: one alone is always right. And images of each: a validation split may hold some
    // classes only, or files of them that cannot be read. The journal's own counts decide, so that a resumed run
    // decides the same.
    private static bool HasHalves(RunState run, DatasetPart choosing) =>
        run.Prepared!.ClassNames.Count >= 4 && run.EvaluationOf(PromptTemplate.Baseline.Text, choosing) is { ClassImages: var images }
        && images.Where((_, label) => label % 2 == 0).Sum() > 0 && images.Where((_, label) => label % 2 == 1).Sum() > 0;

    /// <summary>The selection images: the validation split, else the search images, folded.</summary>
    public static DatasetPart SelectionPart(RunPrepared prepared) =>
        prepared.Parts.Contains(DatasetPart.Validation) ? DatasetPart.Validation : DatasetPart.Search;
}
