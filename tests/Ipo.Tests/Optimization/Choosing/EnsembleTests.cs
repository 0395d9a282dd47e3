using CsCheck;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Choosing;

public sealed class EnsembleTests
{
    private static readonly PromptTemplate[] Named =
        [PromptTemplate.Baseline, .. "abcdefgh".Select(letter => PromptTemplate.Parse($"{letter} <CLASS>"))];

    [Fact]
    public void It_starts_from_the_best_and_adds_what_helps_most_until_nothing_does()
    {
        // Right on the images that its templates know, of ten; "c" alone is best, "a" adds most to it although "b" is better alone.
        var known = new Dictionary<string, string>
        {
            ["a photo of a <CLASS>."] = "0",
            ["a <CLASS>"] = "678",
            ["b <CLASS>"] = "0123",
            ["c <CLASS>"] = "01234"
        };
        var grown = Grow(known, size: 4);
        Assert.Equal(["c <CLASS>", "c <CLASS>\na <CLASS>"], grown.Steps.Select(step => step.Template.Text));
        Assert.Equal([5, 8], grown.Steps.Select(step => step.Outcomes.Right));
        // Three additions to the first, and two that did not help the second.
        Assert.Equal(3 + 2, grown.Compared.Count);
        Assert.Equal("c <CLASS>\na <CLASS>", grown.Set!.Text);
    }

    [Fact]
    public void Where_no_addition_helps_there_is_no_ensemble()
    {
        var grown = Grow(new() { ["a photo of a <CLASS>."] = "0", ["a <CLASS>"] = "01", ["b <CLASS>"] = "1" }, size: 4);
        Assert.Null(grown.Set);
        Assert.Equal(2, grown.Compared.Count);
        Assert.Null(grown.NextToScore);
    }

    [Fact]
    public void It_asks_for_one_set_at_a_time_and_grows_alike_however_it_is_cut()
    {
        var world = new SimulatedWorld(seed: 3, classes: 5, imagesPerClass: 20, [0.5, .. Enumerable.Repeat(0.55, 8)]);
        var outcomes = Outcomes(world.Templates);
        var singles = world.HeldOut(world.Templates);
        var known = new Dictionary<string, ImageOutcomes>();
        Ensemble grown;
        while ((grown = Ensemble.Grow(
            singles, [.. world.Templates], 5, few: false, _ => true, set => known.GetValueOrDefault(set.Text))).NextToScore is { } next)
        {
            Assert.Null(grown.Set);
            known.Add(next.Text, outcomes(next)!);
        }
        var whole = Ensemble.Grow(singles, [.. world.Templates], 5, few: false, _ => true, outcomes);
        Assert.Equal(whole.Compared.Select(one => one.Template), grown.Compared.Select(one => one.Template));
        Assert.Equal(whole.Set, grown.Set);
        Assert.Equal(known.Keys.Order(), grown.Compared.Select(one => one.Template.Text).Order());
    }

    [Fact]
    public void Each_step_is_the_best_of_its_additions_no_template_stands_twice_and_the_size_is_kept() =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[2, 7], Gen.Bool).Sample((seed, size, few) =>
        {
            var outcomes = Outcomes(Named, seed);
            List<Contender> singles = [.. Named.Select(template => new Contender(template, outcomes(template)!))];
            var grown = Ensemble.Grow(
                singles, Named, size, few, set => !set.Text.Contains("h <CLASS>", StringComparison.Ordinal), outcomes);
            Assert.InRange(grown.Steps.Count, 1, size);
            Assert.DoesNotContain(grown.Compared, one => one.Template.Text.Contains("\nh ", StringComparison.Ordinal));
            for (var at = 1; at < grown.Steps.Count; at++)
            {
                var (before, step) = (grown.Steps[at - 1], grown.Steps[at]);
                Assert.Equal(before.Template.Templates, step.Template.Templates.SkipLast(1));
                Assert.Equal(at + 1, step.Template.Templates.Distinct().Count());
                if (few) continue;
                var additions = grown.Compared.Where(one => one.Template.Templates.Count == at + 1);
                Assert.Equal(additions.Max(one => one.Outcomes.Right), step.Outcomes.Right);
                Assert.True(step.Outcomes.Right > before.Outcomes.Right
                    || (step.Outcomes.Right == before.Outcomes.Right && step.Outcomes.Loss < before.Outcomes.Loss));
            }
            Assert.InRange(
                grown.Compared.Count, 0, Ensemble.MostCompared(Presets.Get("robust", "world") with { Finalists = 8, EnsembleSize = size }));
        });

    [Fact]
    public void Holm_pays_for_every_set_that_was_tried()
    {
        var world = new SimulatedWorld(seed: 5, classes: 5, imagesPerClass: 40, [0.5, 0.62, 0.55]);
        var contenders = world.HeldOut(world.Templates);
        var tried = contenders.Skip(1).Select(one => new Contender(one.Template.With(PromptTemplate.Baseline), one.Outcomes)).ToList();
        var alone = WinnerChoice.OnHeldOut(contenders, 5, seed: 1);
        var paid = WinnerChoice.OnHeldOut(contenders, 5, seed: 1, tried);
        Assert.Equal(alone.Winner, paid.Winner);
        Assert.Equal(alone.Finalists.Count, paid.Finalists.Count);
        var best = alone.Finalists.Skip(1).MinBy(finalist => finalist.Comparison!.McNemar)!;
        Assert.Equal(Math.Min(1, 2 * best.Comparison!.McNemar), best.HolmP!.Value, 1e-12);
        Assert.Equal(
            Math.Min(1, 4 * best.Comparison!.McNemar), paid.Finalists.First(finalist => finalist.Template == best.Template).HolmP!.Value,
            1e-12);
        // An ensemble that is a finalist itself is counted once.
        Assert.Equal(
            Math.Min(1, 4 * best.Comparison!.McNemar),
            WinnerChoice.OnHeldOut([.. contenders, tried[0]], 5, seed: 1, tried).Finalists.First(
                finalist => finalist.Template == best.Template).HolmP!.Value, 1e-12);
    }

    [Fact]
    public void Folds_may_choose_any_set_that_was_tried_and_report_on_it()
    {
        var world = new SimulatedWorld(seed: 7, classes: 5, imagesPerClass: 40, [0.5, 0.52, 0.9]);
        var scored = world.HeldOut(world.Templates);
        var set = new Contender(PromptSet.Of([world.Templates[1], world.Templates[2]]), scored[2].Outcomes);
        var choice = WinnerChoice.OnFolds([scored[0], scored[1], set], [scored[0], scored[1]], 5, seed: 1, [set]);
        Assert.Equal(set.Template, choice.Winner);
        Assert.Equal(set.Template, choice.Finalists[^1].Template);
        Assert.Equal(Judgement.Better, choice.Folded!.Judgement);
        // Every fold chooses the set, so it gains on unseen images what it gains on all.
        Assert.Equal((set.Outcomes.Right - scored[0].Outcomes.Right) / 200.0, choice.Folded.Difference, 1e-12);
    }

    [Fact]
    public void A_run_adds_no_template_that_the_scorer_refused()
    {
        const string Refused = "c <CLASS>";
        var baseline = PromptTemplate.Baseline.Text;
        var together = $"a <CLASS>\n{baseline}";
        static TemplateEvaluated On(string template, string correct) =>
            new(Events.At, template, DatasetPart.Validation, 0.5, 1, [5, 5], [3, 2], correct);
        var run = RunState.Fold(
        [
            new RunCreated(Events.At, "run-1", Presets.Get(Presets.Robust, "animals") with { EnsembleSize = 2 }),
            Events.Prepared with { Parts = [DatasetPart.Search, DatasetPart.Validation] },
            .. new[] { baseline, Refused, "b <CLASS>", "a <CLASS>" }
                .Select((text, place) => new TemplateScored(Events.At, 1, text, 0.5 - place * 0.1, 1)),
            new TemplateRefused(Events.At, 0, Refused, RefusalReason.Unscorable, "A prompt is too long."),
            On(baseline, "1111100000"), On("a <CLASS>", "1111111100"), On("b <CLASS>", "1111111000"), On(together, "1111111100"),
        ]);
        Assert.Equal("a <CLASS>\nb <CLASS>", Ensemble.Of(run)!.NextToScore!.Text);
    }

    private static Ensemble Grow(Dictionary<string, string> known, int size)
    {
        ImageOutcomes Of(PromptSet set)
        {
            var right = set.Templates.SelectMany(template => known[template.Text]).ToHashSet();
            return new(string.Concat("0123456789".Select(image => right.Contains(image) ? '1' : '0')), 1);
        }
        PromptTemplate[] templates = [.. known.Keys.Select(PromptTemplate.Parse)];
        return Ensemble.Grow(
            [.. templates.Select(template => new Contender(template, Of(template)))], templates, size, few: false, _ => true, Of);
    }

    // By the set's text alone.
    private static Func<PromptSet, ImageOutcomes?> Outcomes(IReadOnlyList<PromptTemplate> templates, int seed = 1) => set =>
    {
        var random = new Random(
            set.Templates.Aggregate(seed, (hash, template) => unchecked(hash * 31 + templates.ToList().IndexOf(template))));
        float[] losses = [.. Enumerable.Range(0, 40).Select(_ => random.NextSingle() * 3)];
        return new(string.Concat(losses.Select(loss => loss < 1.5 ? '1' : '0')), losses.Average(loss => (double)loss), losses);
    };
}
