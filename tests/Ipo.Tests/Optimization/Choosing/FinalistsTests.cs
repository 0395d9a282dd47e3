using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Choosing;

public sealed class FinalistsTests
{
    [Fact]
    public void The_baseline_is_first_and_stands_once_even_where_it_is_the_best()
    {
        static ScoredPrompt Scored(string template, double accuracy) => new(PromptTemplate.Parse(template), accuracy, 1, 1);
        ScoredPrompt[] scored =
            [Scored(PromptTemplate.Baseline.Text, 0.9), Scored("c <CLASS>", 0.1), Scored("a <CLASS>", 0.8), Scored("b <CLASS>", 0.7)];
        Assert.Equal(
            [PromptTemplate.Baseline.Text, "a <CLASS>", "b <CLASS>"],
            Finalists.Of(scored, finalists: 2, classes: 2).Select(prompt => prompt.Template.Text));
    }

    [Theory]
    [InlineData(true, 1, 1, 0, 0)] // an image of each half is enough
    [InlineData(true, 0, 0, 3, 3)]
    [InlineData(false, 3, 0, 3, 0)]
    [InlineData(false, 0, 3, 0, 3)]
    [InlineData(false, 3, 3, 3)] // one class of a half is always right
    public void Classes_are_halved_where_each_half_has_two_classes_and_an_image(bool halved, params int[] images)
    {
        var run = RunState.Fold(
        [
            new RunCreated(Events.At, "run-1", Presets.Get(Presets.Robust, "animals")),
            Events.Prepared with { ClassNames = [.. images.Select((_, label) => $"class {label}")], Parts = [DatasetPart.Validation] },
            new TemplateEvaluated(
                Events.At, PromptTemplate.Baseline.Text, DatasetPart.Validation, 1, 1, images, images, new string('1', images.Sum())),
        ]);
        Assert.Equal(
            halved ? [DatasetPart.Validation, DatasetPart.EvenClasses, DatasetPart.OddClasses] : [DatasetPart.Validation],
            Finalists.Parts(run));
    }
}
