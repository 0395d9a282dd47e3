using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Proof;

/// <summary>How a template chosen on some classes does on classes that the choice did not see, from base classes
/// alone. Every other class is held out: the finalists are compared on one half, told apart among that half's names,
/// and the best of them is looked at on the other half; then the other way round. Neither names nor images of novel
/// classes take part, so it is safe to look at before the test. The halves have fewer classes than the novel ones may
/// have, so the difference carries over rather than the level. The finalists themselves come from a search over both
/// halves, which flatters the estimate a little.
/// </summary>
/// <param name="Chosen">Accuracy of the choices on the halves that they did not see.</param>
/// <param name="Baseline">Accuracy of the baseline there.</param>
/// <param name="Comparison">Both in pairs.</param>
/// <param name="ByEven">What the classes of even labels chose.</param>
/// <param name="ByOdd">What the classes of odd labels chose.</param>
public sealed record NovelEstimate(
    double Chosen, double Baseline, PairedComparison Comparison, PromptSet ByEven, PromptSet ByOdd)
{
    /// <summary>The estimate of a run, or null where it has too few classes for two halves, or one half no selection
    /// image.</summary>
    public static NovelEstimate? Of(RunState run)
    {
        var classes = run.Prepared!.ClassNames.Count;
        var finalists = Finalists.Sets(run).Where(set => Both(run, set.Text)).ToList();
        if (finalists.Count == 0 || finalists[0].Text != PromptTemplate.Baseline.Text) return null;
        List<Contender> On(DatasetPart part) => [.. finalists.Select(set => new Contender(set, run.OutcomesOf(set.Text, part)!))];
        return Of(On(DatasetPart.EvenClasses), On(DatasetPart.OddClasses), classes, run.Settings.Seed);
    }

    /// <summary>The estimate from finalists on both halves.</summary>
    /// <param name="even">The finalists on the classes of even labels, the baseline first.</param>
    /// <param name="odd">The same finalists on the classes of odd labels.</param>
    /// <param name="classes">Number of classes in both.</param>
    /// <param name="seed">Seed of the interval.</param>
    public static NovelEstimate Of(IReadOnlyList<Contender> even, IReadOnlyList<Contender> odd, int classes, long seed)
    {
        var byEven = Best(even, (classes + 1) / 2);
        var byOdd = Best(odd, classes / 2);
        var chosen = odd[byEven].Outcomes.Correct + even[byOdd].Outcomes.Correct;
        var baseline = odd[0].Outcomes.Correct + even[0].Outcomes.Correct;
        return new(Share(chosen), Share(baseline), PairedComparison.Of(chosen, baseline, seed), even[byEven].Template, odd[byOdd].Template);
    }

    private static int Best(IReadOnlyList<Contender> contenders, int classes) =>
        Choice.Best([.. contenders.Select(one => one.Outcomes)], Choice.AreFew(contenders[0].Outcomes.Images, classes));

    private static bool Both(RunState run, string template) =>
        run.OutcomesOf(template, DatasetPart.EvenClasses) is not null && run.OutcomesOf(template, DatasetPart.OddClasses) is not null;

    private static double Share(string correct) => (double)correct.AsSpan().Count('1') / correct.Length;
}
