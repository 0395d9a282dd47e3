using Ipo.Optimization.Choosing;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Proof;

public sealed class NovelEstimateTests
{
    private const long Seed = 7;

    private static readonly PromptTemplate First = PromptTemplate.Parse("a <CLASS>");
    private static readonly PromptTemplate Second = PromptTemplate.Parse("the <CLASS>");

    [Fact]
    public void Each_half_chooses_and_is_looked_at_on_the_other_alone()
    {
        // Of three classes two have even labels. Those like the first best, the other class the second; each is bad where it did
        // not choose.
        var even = Finalists(new("111100000", 1), new("111111000", 1), new("000000111", 1));
        var odd = Finalists(new("11000", 1), new("10000", 1), new("01111", 1));
        var estimate = NovelEstimate.Of(even, odd, classes: 3, Seed);
        Assert.Equal<PromptSet>(First, estimate.ByEven);
        Assert.Equal<PromptSet>(Second, estimate.ByOdd);
        Assert.Equal((1 + 3) / 14.0, estimate.Chosen, 1e-12);
        Assert.Equal((2 + 4) / 14.0, estimate.Baseline, 1e-12);
        // The first loses one image of the odd class; the second wins three of the even ones and loses four.
        Assert.Equal(new(OnlyWinner: 3, OnlyBaseline: 1 + 4, Images: 14, Seed), estimate.Comparison);
    }

    [Fact]
    public void A_half_where_nothing_beats_the_baseline_looks_at_the_baseline_on_the_other()
    {
        var even = Finalists(new("111100000", 1), new("111000000", 1), new("000000111", 1));
        var odd = Finalists(new("11000", 1), new("10000", 1), new("01111", 1));
        var estimate = NovelEstimate.Of(even, odd, classes: 3, Seed);
        Assert.Equal<PromptSet>(PromptTemplate.Baseline, estimate.ByEven);
        Assert.Equal<PromptSet>(Second, estimate.ByOdd);
        Assert.Equal((2 + 3) / 14.0, estimate.Chosen, 1e-12);
    }

    [Fact]
    public void A_half_has_few_images_by_its_own_classes()
    {
        // Eight images of two classes are few and choose by loss; five of one class are many and choose by accuracy. On both
        // halves accuracy says the first, loss the second.
        var even = Finalists(Level("11110000", 1), Level("11111111", 2), Level("11110000", 0.5f));
        var odd = Finalists(Level("11000", 1), Level("11111", 2), Level("11000", 0.5f));
        var estimate = NovelEstimate.Of(even, odd, classes: 3, Seed);
        Assert.Equal<PromptSet>(Second, estimate.ByEven);
        Assert.Equal<PromptSet>(First, estimate.ByOdd);
    }

    private static Contender[] Finalists(ImageOutcomes baseline, ImageOutcomes first, ImageOutcomes second) =>
        [new(PromptTemplate.Baseline, baseline), new(First, first), new(Second, second)];

    // The same loss on every image.
    private static ImageOutcomes Level(string correct, float loss) => new(correct, loss, [.. Enumerable.Repeat(loss, correct.Length)]);
}
