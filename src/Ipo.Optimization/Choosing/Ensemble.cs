using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Choosing;

/// <summary>An ensemble by greedy forward selection without replacement (Caruana et al. 2004): from the best template
/// alone, again and again the template whose addition does best on the selection images, until none helps or the set is
/// full.
/// </summary>
/// <param name="Steps">The best template, then the set after each addition, with outcomes on the selection
/// images.</param>
/// <param name="Compared">Every set that was compared on the way.</param>
/// <param name="NextToScore">The set whose outcomes are needed next; null where the growth is complete.</param>
public sealed record Ensemble(IReadOnlyList<Contender> Steps, IReadOnlyList<Contender> Compared, PromptSet? NextToScore)
{
    /// <summary>The set that it grew to; null before it is complete, and where no addition helped.</summary>
    public PromptSet? Set => NextToScore is null && Steps.Count > 1 ? Steps[^1].Template : null;

    /// <summary>How far a run's ensemble has grown; null where it asks for none.</summary>
    /// <param name="run">A run whose finalists are evaluated on the selection images.</param>
    public static Ensemble? Of(RunState run)
    {
        if (run.Settings.EnsembleSize is not ({ } size and > 1)) return null;
        var part = Finalists.SelectionPart(run.Prepared!);
        var classes = run.Prepared!.ClassNames.Count;
        var singles = Finalists.Singles(run);
        var pool = Finalists.Of(run.Scored, Pool(run.Settings), classes).Select(prompt => prompt.Template);
        return Grow(
            singles, [.. pool.Where(template => !run.Unscorable.Contains(template.Identity))], size,
            Choice.AreFew(singles[0].Outcomes.Images, classes),
            set => !run.Unscorable.Contains(set.Identity), set => run.OutcomesOf(set.Text, part));
    }

    /// <summary>Grows a set as far as outcomes are known.</summary>
    /// <param name="singles">Templates that it may start from, the baseline first.</param>
    /// <param name="pool">Templates that may be added.</param>
    /// <param name="size">Most templates of the set.</param>
    /// <param name="few">Whether the images are few, so that shrunken log-likelihood decides.</param>
    /// <param name="scorable">Whether a set can be scored.</param>
    /// <param name="outcomes">A set's outcomes on the selection images; null where they are not known yet.</param>
    public static Ensemble Grow(
        IReadOnlyList<Contender> singles, IReadOnlyList<PromptTemplate> pool, int size, bool few, Func<PromptSet, bool> scorable,
        Func<PromptSet, ImageOutcomes?> outcomes)
    {
        List<Contender> steps = [Best(singles, few)], compared = [];
        while (steps.Count < size)
        {
            var standing = steps[^1];
            var additions = new List<Contender>();
            foreach (var set in pool.Except(standing.Template.Templates).Select(standing.Template.With).Where(scorable))
            {
                if (outcomes(set) is not { } known) return new(steps, compared, set);
                additions.Add(new(set, known));
            }
            compared.AddRange(additions);
            // What stands is ranked before its additions, so that an addition has to beat it.
            List<Contender> contenders = [singles[0], standing, .. additions];
            var best = contenders[Choice.Ranked([.. contenders.Select(contender => contender.Outcomes)], few)[0].Place];
            if (best == standing) break;
            steps.Add(best);
        }
        return new(steps, compared, null);
    }

    /// <summary>The template that an ensemble starts from.</summary>
    internal static Contender BestSingle(IReadOnlyList<Contender> singles, int classes) =>
        Best(singles, Choice.AreFew(singles[0].Outcomes.Images, classes));

    private static Contender Best(IReadOnlyList<Contender> singles, bool few) =>
        singles[Choice.Best([.. singles.Select(single => single.Outcomes)], few)];

    /// <summary>Most sets that a run's growth compares.</summary>
    public static int MostCompared(RunSettings settings)
    {
        var size = settings.EnsembleSize ?? 1;
        // The baseline stands in the pool too, and what the set holds does not.
        return Enumerable.Range(1, size - 1).Sum(templates => Math.Max(0, Pool(settings) + 1 - templates));
    }

    // The finalists, and more of the search's best where the set could hold more.
    private static int Pool(RunSettings settings) => Math.Max(settings.Finalists, settings.EnsembleSize ?? 1);
}
