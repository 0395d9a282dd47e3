using CsCheck;
using Ipo.Optimization.Memory;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Memory;

public sealed class PromptMemoryTests
{
    private static readonly RunSettings Settings =
        new() { Dataset = "pets", Preset = "ipo-paper", MemorySize = 3, BaselineStaysInMemory = false };

    // Few distinct values, so that ties are common.
    private static readonly Gen<ScoredPrompt[]> AnyTrajectory = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2]).Array[1, 30]
        .Select(scores => scores
            .Select((score, i) =>
                new ScoredPrompt(
                    i == 0 ? PromptTemplate.Baseline : PromptTemplate.Parse($"{i} <CLASS>"), score.Item1 / 4.0, score.Item2, i))
            .ToArray());

    private static readonly Gen<RunSettings> AnySettings = Gen.Select(Gen.Int[0, 12], Gen.Bool, Gen.Int[0, 5], (size, pinned, above) =>
        Settings with { MemorySize = size, BaselineStaysInMemory = pinned, ShownAboveAccuracy = above / 4.0 });

    [Fact]
    public void Shows_distinct_scored_templates_worst_first_and_never_more_than_its_size() =>
        Gen.Select(AnyTrajectory, AnySettings).Sample((scored, settings) =>
        {
            var shown = PromptMemory.Shown(scored, settings);
            Assert.InRange(shown.Count, 0, settings.MemorySize);
            Assert.Distinct(shown);
            Assert.Subset(scored.ToHashSet(), shown.ToHashSet());
            Assert.All(shown.Zip(shown.Skip(1)), pair => Assert.True(
                pair.First.Accuracy < pair.Second.Accuracy ||
                (pair.First.Accuracy == pair.Second.Accuracy && pair.First.Loss >= pair.Second.Loss)));
        });

    [Fact]
    public void The_best_stands_last_wherever_there_is_room_for_it() =>
        Gen.Select(AnyTrajectory, AnySettings).Sample((scored, settings) =>
        {
            if (settings.MemorySize < (settings.BaselineStaysInMemory ? 2 : 1)) return;
            Assert.Equal(0, ScoredPrompt.WorstFirst.Compare(ScoredPrompt.Best(scored), PromptMemory.Shown(scored, settings)[^1]));
        });

    [Fact]
    public void What_is_shown_is_better_than_what_is_not_but_for_the_pinned_baseline() =>
        Gen.Select(AnyTrajectory, AnySettings).Sample((scored, settings) =>
        {
            var shown = PromptMemory.Shown(scored, settings).ToList();
            if (settings.BaselineStaysInMemory) shown.Remove(scored[0]);
            foreach (var hidden in scored.Skip(1).Except(shown))
                Assert.All(shown, prompt => Assert.True(ScoredPrompt.WorstFirst.Compare(hidden, prompt) <= 0));
        });

    [Fact]
    public void A_pinned_baseline_is_always_shown() =>
        Gen.Select(AnyTrajectory, AnySettings).Sample((scored, settings) =>
        {
            if (settings.MemorySize > 0)
                Assert.Single(
                    PromptMemory.Shown(scored, settings with { BaselineStaysInMemory = true }), prompt =>
                        prompt.Template == PromptTemplate.Baseline);
        });

    [Fact]
    public void The_threshold_hides_what_is_below_it_but_never_empties_the_memory() =>
        Gen.Select(AnyTrajectory, AnySettings).Sample((scored, settings) =>
        {
            if (settings.MemorySize == 0) return;
            var shown = PromptMemory.Shown(scored, settings with { BaselineStaysInMemory = false });
            var above = scored.Count(prompt => prompt.Accuracy >= settings.ShownAboveAccuracy);
            Assert.Equal(Math.Min(settings.MemorySize, above > 0 ? above : scored.Length), shown.Count);
            if (above > 0) Assert.All(shown, prompt => Assert.True(prompt.Accuracy >= settings.ShownAboveAccuracy));
        });

    [Fact]
    public void Keeps_the_best_when_it_is_full_by_accuracy_then_by_lower_loss() =>
        Assert.Equal(["b", "d", "a"], Texts(PromptMemory.Shown(
            [Scored("a", 0.9, 2), Scored("b", 0.5, 1), Scored("c", 0.5, 3), Scored("d", 0.9, 2.5), Scored("e", 0.1, 0)], Settings)));

    [Fact]
    public void Templates_that_tie_in_full_stand_in_the_order_of_scoring() =>
        Assert.Equal(["a", "b", "c"], Texts(PromptMemory.Shown([Scored("a", 0.5, 1), Scored("b", 0.5, 1), Scored("c", 0.5, 1)], Settings)));

    [Fact]
    public void A_pinned_baseline_takes_the_place_of_the_worst_and_stands_where_its_score_puts_it()
    {
        ScoredPrompt baseline = new(PromptTemplate.Baseline, 0.2, 4, 0);
        ScoredPrompt[] scored = [baseline, Scored("a", 0.3, 1), Scored("b", 0.4, 1), Scored("c", 0.5, 1)];
        Assert.Equal(["a", "b", "c"], Texts(PromptMemory.Shown(scored, Settings)));
        Assert.Equal(["a photo of a", "b", "c"], Texts(PromptMemory.Shown(scored, Settings with { BaselineStaysInMemory = true })));
        Assert.Equal(
            ["a photo of a", "a", "b", "c"],
            Texts(PromptMemory.Shown(scored, Settings with { BaselineStaysInMemory = true, MemorySize = 4, ShownAboveAccuracy = 0.3 })));
    }

    [Fact]
    public void The_threshold_includes_its_own_value() =>
        Assert.Equal(
            ["b"], Texts(PromptMemory.Shown([Scored("a", 0.1999, 1), Scored("b", 0.2, 1)], Settings with { ShownAboveAccuracy = 0.2 })));

    private static ScoredPrompt Scored(string text, double accuracy, double loss) =>
        new(PromptTemplate.Parse($"{text} <CLASS>"), accuracy, loss, 1);

    private static IEnumerable<string> Texts(IEnumerable<ScoredPrompt> prompts) =>
        prompts.Select(prompt => prompt.Template.Text.Replace("<CLASS>", "").TrimEnd('.', ' '));
}
