using System.Numerics;
using CsCheck;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public sealed class PairedBootstrapTests
{
    // No source prints the bootstrap of such data, so the truth is the whole bootstrap distribution, summed in exact
    // arithmetic.
    // Bentur's airways, 1 and 7 of 21, and Cavo's treatment, 6 and 16 of 161 (Fagerland, Lydersen and Laake 2013).
    [Theory]
    [InlineData(7, 1, 21)]
    [InlineData(6, 16, 161)]
    [InlineData(60, 40, 250)]
    [InlineData(0, 3, 10)]
    public void Ends_are_the_percentiles_of_the_exact_bootstrap_distribution(int onlyFirst, int onlySecond, int images)
    {
        var exact = Exact(onlyFirst, onlySecond, images);
        var drawn = PairedBootstrap.Difference(onlyFirst, onlySecond, images, new Random(1));
        foreach (var (end, tail) in new[] { (drawn.Low, 0.025), (drawn.High, 0.975) })
        {
            var difference = (int)Math.Round(end * images);
            Assert.Equal(difference / (double)images, end, 1e-15);
            // Five standard errors of 10,000 draws: the end is the exact percentile or its neighbour.
            var noise = 5 * Math.Sqrt(0.025 * 0.975 / PairedBootstrap.Resamples);
            Assert.InRange(tail, Below(exact, difference - 1) - noise, Below(exact, difference) + noise);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval() =>
        Assert.Equal(PairedBootstrap.Difference(30, 20, 500, new Random(7)), PairedBootstrap.Difference(30, 20, 500, new Random(7)));

    [Fact]
    public void Holds_the_difference_and_mirrors_about_none() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 300], Gen.Int).Sample((first, second, agreed, seed) =>
        {
            var images = first + second + agreed;
            if (images == 0) return;
            var interval = PairedBootstrap.Difference(first, second, images, new Random(seed));
            Assert.True(interval.Holds((double)(first - second) / images));
            Assert.InRange(interval.Low, -1, interval.High);
            Assert.InRange(interval.High, interval.Low, 1);
            var mirrored = PairedBootstrap.Difference(second, first, images, new Random(seed + 1));
            Assert.InRange(mirrored.Low + interval.High, -0.06, 0.06);
        }, iter: 60);

    [Fact]
    public void Templates_that_agree_everywhere_differ_by_nothing() =>
        Assert.Equal(new Interval(0, 0), PairedBootstrap.Difference(0, 0, 100, new Random(1)));

    [Theory]
    [InlineData(-1, 0, 10)]
    [InlineData(0, -1, 10)]
    [InlineData(6, 5, 10)]
    [InlineData(0, 0, 0)]
    public void Refuses_counts_that_no_images_have(int first, int second, int images) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedBootstrap.Difference(first, second, images, new Random(1)));

    // Ways to draw 'images' times with replacement, by the difference that they give: coefficients of (f x + s / x + a)^n.
    private static BigInteger[] Exact(int first, int second, int images)
    {
        var ways = new BigInteger[2 * images + 1];
        ways[images] = 1;
        for (var draw = 0; draw < images; draw++)
        {
            var next = new BigInteger[ways.Length];
            for (var at = images - draw; at <= images + draw; at++)
            {
                if (ways[at].IsZero) continue;
                if (first > 0) next[at + 1] += ways[at] * first;
                if (second > 0) next[at - 1] += ways[at] * second;
                next[at] += ways[at] * (images - first - second);
            }
            ways = next;
        }
        return ways;
    }

    private static double Below(BigInteger[] ways, int difference)
    {
        BigInteger all = 0, below = 0;
        for (var at = 0; at < ways.Length; at++)
        {
            all += ways[at];
            if (at - ways.Length / 2 <= difference) below += ways[at];
        }
        return (double)((below << 60) / all) / Math.Pow(2, 60);
    }
}
