using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Choosing;

/// <summary>A winner without the words that are worth nothing on the validation images that chose it: backward
/// elimination, one cut at a time, each time the one that does best without it.</summary>
/// <param name="Steps">The winner as it was chosen, then after each cut, with outcomes on the validation
/// images.</param>
/// <param name="Removed">What each cut left out, in the words of the template before it.</param>
/// <param name="Compared">Every shorter template that was compared on the way.</param>
/// <param name="NextToScore">The template whose outcomes are needed next; null where nothing more can go.</param>
public sealed record Shortening(
    IReadOnlyList<Contender> Steps, IReadOnlyList<string> Removed, IReadOnlyList<Contender> Compared, PromptSet? NextToScore)
{
    /// <summary>A mean loss in nats by which all cuts together may make the winner less certain. No image may be
    /// lost.</summary>
    public const double LossAllowed = 0.01;

    /// <summary>The winner as it was chosen.</summary>
    public PromptSet Whole => Steps[0].Template;

    /// <summary>What is left of it; null before that is known, and where nothing could go.</summary>
    public Contender? Shortened => NextToScore is null && Steps.Count > 1 ? Steps[^1] : null;

    /// <summary>How far the winner of a run is shortened; null where the run does not ask for it, where no validation
    /// images choose, and where the baseline or several prompts win.</summary>
    /// <param name="run">A run whose finalists are evaluated on the selection images and whose ensemble has
    /// grown.</param>
    public static Shortening? Of(RunState run)
    {
        if (!run.Settings.DropsIdleWords || run.Prepared is not { } prepared
            || Finalists.SelectionPart(prepared) != DatasetPart.Validation) return null;
        var contenders = Finalists.Sets(run)
            .Select(set => new Contender(set, run.OutcomesOf(set.Text, DatasetPart.Validation)!)).ToList();
        var winner = contenders[WinnerChoice.Best(contenders, prepared.ClassNames.Count)];
        if (winner.Template == PromptTemplate.Baseline || winner.Template.IsEnsemble) return null;
        return Shorten(
            winner, set => !run.Unscorable.Contains(set.Identity), set => run.OutcomesOf(set.Text, DatasetPart.Validation));
    }

    /// <summary>Shortens a template as far as outcomes are known.</summary>
    /// <param name="whole">The template.</param>
    /// <param name="scorable">Whether a template can be scored.</param>
    /// <param name="outcomes">A template's outcomes; null where they are not known yet.</param>
    public static Shortening Shorten(Contender whole, Func<PromptSet, bool> scorable, Func<PromptSet, ImageOutcomes?> outcomes)
    {
        var (steps, removed, compared) = (new List<Contender> { whole }, new List<string>(), new List<Contender>());
        while (true)
        {
            var standing = steps[^1];
            var shorter = new List<(Cut Cut, Contender Contender)>();
            foreach (var cut in Cuts.Of(standing.Template.Templates[0])
                .Where(cut => cut.Template.Identity != PromptTemplate.Baseline.Identity && scorable(cut.Template)))
            {
                if (outcomes(cut.Template) is not { } known) return new(steps, removed, compared, cut.Template);
                shorter.Add((cut, new(cut.Template, known)));
            }
            compared.AddRange(shorter.Select(one => one.Contender).ExceptBy(compared.Select(one => one.Template), one => one.Template));
            var (best, contender) = shorter
                .Where(one => one.Contender.Outcomes.Right >= standing.Outcomes.Right
                    && one.Contender.Outcomes.Loss <= whole.Outcomes.Loss + LossAllowed)
                .OrderByDescending(one => one.Contender.Outcomes.Right).ThenBy(one => one.Contender.Outcomes.Loss)
                .FirstOrDefault();
            if (best is null) return new(steps, removed, compared, null);
            steps.Add(contender);
            removed.Add(best.Removed);
        }
    }
}
