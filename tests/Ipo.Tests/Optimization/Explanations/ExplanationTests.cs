using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Explanations;

public sealed class ExplanationTests
{
    private const string Winner = "a sharp <CLASS>";

    // The classes that fifteen images of four classes are taken for: three herons, sea horses and newts, six crabs.
    private static readonly int[] Before = [0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 2, 2, 3, 3, 3];
    private static readonly int[] After = [0, 0, 1, 0, 1, 1, 3, 3, 3, 2, 2, 2, 0, 2, 3];

    [Fact]
    public void Classes_that_changed_come_by_how_much_they_gained_or_lost() =>
        Assert.Equal([new(1, 3, 0, 2), new(3, 3, 3, 1), new(0, 3, 3, 2), new ClassChange(2, 6, 2, 3)], Explained().Classes);

    [Fact]
    public void Confusions_come_by_how_much_they_changed_however_many_there_are_and_then_by_label() =>
        Assert.Equal(
            [new(1, 0, 3, 1), new(0, 1, 0, 1), new(2, 3, 4, 3), new(3, 0, 0, 1), new ConfusionChange(3, 2, 0, 1)],
            Explained().Confusions);

    [Fact]
    public void An_image_flips_where_exactly_one_of_the_two_is_right() =>
        Assert.Equal(
            [
                new(2, false, 0, 1), new(4, true, 0, 1), new(5, true, 0, 1),
                new(9, true, 3, 2), new(12, false, 3, 0), new Flip(13, false, 3, 2),
            ],
            Explained().Flips);

    private static Explanation Explained() => Explanation.Of(RunState.Fold(
    [
        new RunCreated(Events.At, "run-1", Presets.Get(Presets.Robust, "animals") with { DropsIdleWords = false }),
        Events.Prepared with { ClassNames = ["heron", "sea horse", "crab", "newt"], Parts = [DatasetPart.Search, DatasetPart.Validation] },
        new TemplateScored(Events.At, 0, PromptTemplate.Baseline.Text, 0.5, 1, "000000"),
        new TemplateScored(Events.At, 1, Winner, 0.6, 1, "000000"),
        Evaluated(PromptTemplate.Baseline.Text, Before),
        Evaluated(Winner, After),
        new WinnerChosen(Events.At, Winner),
    ]))!;

    private static TemplateEvaluated Evaluated(string template, int[] predicted)
    {
        int[] labels = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3];
        var correct = string.Concat(labels.Zip(predicted, (label, taken) => label == taken ? '1' : '0'));
        int Right(int of) => labels.Where((label, image) => label == of && correct[image] == '1').Count();
        return new(
            Events.At, template, DatasetPart.Validation, 0.5, 1, [3, 3, 6, 3], [Right(0), Right(1), Right(2), Right(3)], correct,
            Predicted: predicted);
    }
}
