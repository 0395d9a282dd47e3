using CsCheck;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public sealed class ShrinkageTests
{
    [Fact]
    public void Agrees_with_the_estimate_by_hand()
    {
        // Gains of the first: 1, 3 (mean 2, variance of the mean 1); of the second: 0, 0 (mean 0, none).
        // Spread: mean of (4 - 1) and (0 - 0) = 1.5; the first shrinks to 2 * 1.5 / (1.5 + 1) = 1.2.
        var gains = Shrinkage.Gains([4, 4], [new float[] { 3, 1 }, new float[] { 4, 4 }]);
        Assert.Equal(1.2, gains[0], 1e-12);
        Assert.Equal(0, gains[1], 1e-12);
    }

    [Fact]
    public void Gains_that_spread_no_more_than_noise_are_none()
    {
        // Mean 0.5, variance of the mean 6.25: all noise.
        Assert.Equal([0, 0], Shrinkage.Gains([4, 4], [new float[] { 1, 6 }, new float[] { 6, 1 }]));
        Assert.Equal([0], Shrinkage.Gains([4], [new float[] { 1 }]));
        Assert.Empty(Shrinkage.Gains([4, 4], []));
    }

    [Fact]
    public void Pulls_every_gain_towards_none_and_never_past_it() =>
        Gen.Select(Gen.Int[2, 30], Gen.Int[1, 6]).SelectMany((images, others) => Gen.Float[0.01f, 8f].Array[images].Array[others + 1])
            .Sample(losses =>
            {
                var gains = Shrinkage.Gains(losses[0], losses[1..]);
                for (var other = 0; other < gains.Count; other++)
                {
                    var plain = losses[0].Zip(losses[other + 1], (a, b) => (double)a - b).Average();
                    Assert.True(Math.Abs(gains[other]) <= Math.Abs(plain) + 1e-9);
                    Assert.True(gains[other] * plain >= -1e-12);
                }
            });
}
