using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Descriptions;

public sealed class ConfusionsTests
{
    [Fact]
    public void The_most_frequent_stand_first_and_ties_by_label()
    {
        int[] labels = [0, 0, 0, 1, 1, 2, 2, 2, 3];
        int[] taken = [0, 2, 1, 0, 1, 0, 0, 2, 0];
        Assert.Equal([new(2, 0, 2), new(0, 1, 1), new(0, 2, 1), new(1, 0, 1), new(3, 0, 1)], Confusions.MostFrequent(labels, taken));
    }

    [Fact]
    public void No_more_than_five_pairs_are_shown() =>
        Assert.Equal(5, Confusions.MostFrequent(Enumerable.Range(0, 9), Enumerable.Repeat(9, 9)).Count);

    [Fact]
    public void What_is_classified_rightly_is_no_confusion() => Assert.Empty(Confusions.MostFrequent([0, 1, 2], [0, 1, 2]));

    [Fact]
    public void A_runs_confusions_come_with_two_descriptions_of_either_class()
    {
        RunEvent[] journal =
        [
            new RunCreated(Events.At, "run-1", Events.Settings), Events.Prepared,
            .. Events.Prepared.SearchImages.Select(
                image => new DescriptionReceived(Events.At, image.Sha256, $"what {image.Sha256} shows", false, CallUsage.None, "eyes-1")),
        ];
        Assert.Empty(Confusions.Described(RunState.Fold(journal)));

        var confusion =
            Assert.Single(Confusions.Described(RunState.Fold([.. journal, new ConfusionsFound(Events.At, "a <CLASS>", [new(1, 0, 3)])])));

        Assert.Equal(("sea horse", "heron", 3), (confusion.ClassName, confusion.TakenFor, confusion.Images));
        Assert.Equal(["what b0 shows", "what b1 shows"], confusion.Descriptions);
        Assert.Equal(["what a0 shows", "what a1 shows"], confusion.TakenForDescriptions);
    }
}
