using CsCheck;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Explanations;

public sealed class LineageTests
{
    [Fact]
    public void Goes_back_from_the_winner_to_the_nearest_that_each_instruction_showed()
    {
        var run = RunState.Fold(
        [
            new RunCreated(Events.At, "run-1", Events.Settings),
            Scored(0, "a photo of a <CLASS>.", 0.5),
            Scored(1, "a sharp photo of a <CLASS>.", 0.6),
            Scored(1, "some <CLASS> in the snow", 0.7),
            Scored(2, "a sharp photo of a <CLASS>, outdoors.", 0.8),
            Scored(2, "a sharp photo of a <CLASS> bird.", 0.2), // a sibling is no ancestor
            new SearchEnded(Events.At, StopReason.StepsDone, "a sharp photo of a <CLASS>, outdoors."),
        ]);
        Assert.Equal(
            ["a photo of a <CLASS>.", "a sharp photo of a <CLASS>.", "a sharp photo of a <CLASS>, outdoors."],
            Lineage.Of(run).Select(prompt => prompt.Template.Text));
    }

    [Theory]
    [InlineData("a b c", "a b c", 0)]
    [InlineData("A B c", "a b C", 0)]
    [InlineData("a b c", "a c", 1)]
    [InlineData("a b c", "x b c d", 2)]
    [InlineData("a", "b c d", 3)]
    public void The_distance_counts_words(string a, string b, int expected) => Assert.Equal(expected, Lineage.Distance(a, b));

    [Fact]
    public void The_distance_is_a_metric() =>
        Gen.OneOf("a", "b", "c").Array[1, 6].Select(words => string.Join(' ', words)).Array[3].Sample(texts =>
        {
            Assert.Equal(Lineage.Distance(texts[0], texts[1]), Lineage.Distance(texts[1], texts[0]));
            Assert.Equal(texts[0] == texts[1], Lineage.Distance(texts[0], texts[1]) == 0);
            Assert.True(Lineage.Distance(texts[0], texts[2]) <= Lineage.Distance(texts[0], texts[1])
                + Lineage.Distance(texts[1], texts[2]));
        });

    private static TemplateScored Scored(int step, string template, double accuracy) => new(Events.At, step, template, accuracy, 1);
}
