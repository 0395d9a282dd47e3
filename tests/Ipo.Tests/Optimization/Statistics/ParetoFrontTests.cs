using CsCheck;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public sealed class ParetoFrontTests
{
    // Few values, so that ties and equals happen.
    private static readonly Gen<double[][]> Alternatives = Gen.Int[1, 4]
        .SelectMany(objectives => Gen.Int[0, 4].Select(value => (double)value).Array[objectives].Array[0, 12]);

    [Fact]
    public void No_member_is_dominated_and_every_other_is_dominated_by_a_member() => Alternatives.Sample(all =>
    {
        var front = ParetoFront.Of(all, one => one);
        Assert.DoesNotContain(front, member => all.Any(other => ParetoFront.Dominates(other, member)));
        Assert.All(all.Except(front), other => Assert.Contains(front, member => ParetoFront.Dominates(member, other)));
        Assert.Equal(all.Where(front.Contains), front);
        Assert.Equal(all.Length == 0, front.Count == 0);
    });

    [Fact]
    public void Better_in_one_is_not_enough_and_equals_stay_side_by_side()
    {
        double[] a = [1, 0], b = [0, 1], c = [0, 0], alsoA = [1, 0];
        Assert.Equal([a, b, alsoA], ParetoFront.Of([a, c, b, alsoA], one => one));
        Assert.True(ParetoFront.Dominates(a, c));
        Assert.False(ParetoFront.Dominates(a, alsoA));
    }
}
