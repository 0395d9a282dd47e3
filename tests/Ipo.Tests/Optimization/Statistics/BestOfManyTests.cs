using CsCheck;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public sealed class BestOfManyTests
{
    // With one candidate the test is the sign test on the images that differ, so McNemar's published examples are its own,
    // one-sided: Fay's exact2x2 vignette, 9 against 2, 67/1024 two-sided; Bentur's airways, 7 against 1, 9/128 (Fagerland,
    // Lydersen and Laake 2013). So few images are enumerated, and the value is exact.
    [Theory]
    [InlineData(9, 2, 67 / 2048.0)]
    [InlineData(7, 1, 9 / 256.0)]
    [InlineData(6, 0, 1 / 64.0)]
    public void One_candidate_gives_the_published_exact_sign_test(int better, int worse, double expected)
    {
        var baseline = new string('0', better) + new string('1', worse) + "1100";
        var candidate = new string('1', better) + new string('0', worse) + "1100";
        Assert.Equal(expected, BestOfMany.PValue(baseline, [candidate], new Random(1)), 1e-12);
    }

    [Fact]
    public void Many_images_give_the_sign_test_up_to_the_noise_of_the_draws()
    {
        // Cavo's data (Fagerland, Lydersen and Laake 2013), 16 against 6: 13757/262144 two-sided.
        var baseline = new string('0', 16) + new string('1', 6);
        var candidate = new string('1', 16) + new string('0', 6);
        const double Exact = 13757 / 524288.0;
        Assert.Equal(Exact, BestOfMany.PValue(baseline, [candidate], new Random(3)), 4 * Math.Sqrt(Exact / BestOfMany.Permutations));
    }

    [Fact]
    public void Exchanges_every_candidate_at_once_as_a_plain_count_does() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 5]).SelectMany((images, candidates) => Gen.Bool.Array[images].Array[candidates + 1])
            .Sample(outcomes =>
            {
                var texts = outcomes.Select(bits => string.Concat(bits.Select(bit => bit ? '1' : '0'))).ToList();
                var (baseline, others) = (texts[0], texts.Skip(1).ToList());
                int Largest(int exchanged) => others.Max(other => Enumerable.Range(0, baseline.Length)
                    .Sum(image => (other[image] - baseline[image]) * ((exchanged >> image & 1) == 0 ? 1 : -1)));
                var all = 1 << baseline.Length;
                var observed = Largest(0);
                var expected = observed <= 0
                    ? 1
                    : Enumerable.Range(0, all).Count(exchanged => Largest(exchanged) >= observed) / (double)all;
                Assert.Equal(expected, BestOfMany.PValue(baseline, others, new Random(1)), 1e-12);
            });

    [Fact]
    public void More_candidates_never_make_the_same_gain_more_surprising() =>
        Gen.Bool.Array[40].Array[6].Sample(outcomes =>
        {
            var texts = outcomes.Select(bits => string.Concat(bits.Select(bit => bit ? '1' : '0'))).ToList();
            var best = texts.Skip(1).MaxBy(text => text.Count(bit => bit == '1'))!;
            if (best.Count(bit => bit == '1') <= texts[0].Count(bit => bit == '1')) return;
            var alone = BestOfMany.PValue(texts[0], [best], new Random(5));
            var amongAll = BestOfMany.PValue(texts[0], [.. texts.Skip(1)], new Random(5));
            Assert.True(amongAll >= alone - 0.05, $"{amongAll} among all, {alone} alone");
        }, iter: 50);

    // The law of every p-value: where nothing is better, one of at most 5 % comes up at most 5 % of the time.
    [Fact]
    public void Is_rarely_small_where_no_template_is_better()
    {
        var random = new Random(11);
        var small = 0;
        const int Runs = 300;
        for (var run = 0; run < Runs; run++)
        {
            var images = Enumerable.Range(0, 60).Select(_ => random.NextDouble()).ToArray();
            string Outcomes() => string.Concat(images.Select(ease => random.NextDouble() < ease ? '1' : '0'));
            var baseline = Outcomes();
            if (BestOfMany.PValue(baseline, [.. Enumerable.Range(0, 20).Select(_ => Outcomes())], random) <= 0.05) small++;
        }
        Assert.InRange(small, 0, Runs * 0.05 + 3 * Math.Sqrt(Runs * 0.05 * 0.95));
    }

    [Fact]
    public void Without_candidates_or_gain_nothing_is_surprising()
    {
        Assert.Equal(1, BestOfMany.PValue("101", [], new Random(1)));
        Assert.Equal(1, BestOfMany.PValue("101", ["101"], new Random(1)));
        Assert.Equal(1, BestOfMany.PValue("111", ["101"], new Random(1)));
    }

    [Fact]
    public void Refuses_outcomes_of_other_images() =>
        Assert.Throws<ArgumentException>(() => BestOfMany.PValue("10", ["1"], new Random(1)));
}
