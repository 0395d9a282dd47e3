using Ipo.Optimization.Proof;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Proof;

public sealed class TravelTests
{
    // McNemar's exact p: 0.039 and 0.0018.
    private static readonly PairedComparison Narrow = new(8, 1, 100, 1), Clear = new(15, 2, 100, 1), Back = new(2, 15, 100, 1);

    [Fact]
    public void One_checkpoint_is_judged_by_its_own_p_value()
    {
        var one = Assert.Single(Travel.Of([Narrow]));
        Assert.Equal((Narrow, Narrow.McNemar, Judgement.Better), (one.Comparison, one.HolmP, one.Judgement));
    }

    [Fact]
    public void Several_pay_for_being_several()
    {
        var both = Travel.Of([Narrow, Clear, Back]);
        Assert.Equal([Narrow, Clear, Back], both.Select(one => one.Comparison));
        Assert.Equal([Judgement.Better, Judgement.Better, Judgement.Worse], both.Select(one => one.Judgement));
        Assert.Equal(3 * Clear.McNemar, both[1].HolmP, 1e-12);

        var withNothing = Travel.Of([Narrow, new(3, 3, 100, 1)]);
        Assert.Equal(2 * Narrow.McNemar, withNothing[0].HolmP, 1e-12);
        Assert.Equal((Judgement.Better, Judgement.Same), (Narrow.Judgement, withNothing[0].Judgement));
    }

    [Fact]
    public void None_are_nothing() => Assert.Empty(Travel.Of([]));
}
