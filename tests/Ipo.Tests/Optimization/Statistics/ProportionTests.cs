using System.Numerics;
using System.Text.Json;
using CsCheck;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public sealed class ProportionTests
{
    // Newcombe (1998), Statistics in Medicine 17:857-872, Table I, method 3, prints four digits: .2553 .3662, .0624 .1605,
    // 0 .1611, .0061 .1718. The digits here are recomputed from the same counts in 40-digit decimal arithmetic.
    [Theory]
    [InlineData(81, 263, 0.255288519878, 0.366209576983)]
    [InlineData(15, 148, 0.062386399531, 0.160487241722)]
    [InlineData(0, 20, 0, 0.161125158053)]
    [InlineData(1, 29, 0.006113214293, 0.171755218793)]
    public void Wilson_agrees_with_Newcombe_1998_Table_I_method_3(int right, int images, double low, double high)
    {
        var (actualLow, actualHigh) = Proportion.Wilson(right, images);
        Assert.Equal(low, actualLow, 1e-11);
        Assert.Equal(high, actualHigh, 1e-11);
    }

    // paper.md, section 5: 17 of 24 is 51 to 85 %, 13 of 24 is 35 to 72 %.
    [Theory]
    [InlineData(17, 0.508323063355, 0.850853518030)]
    [InlineData(13, 0.350748653589, 0.721086662688)]
    public void Wilson_gives_the_noise_of_the_papers_texture_example(int right, double low, double high)
    {
        var (actualLow, actualHigh) = Proportion.Wilson(right, 24);
        Assert.Equal(low, actualLow, 1e-11);
        Assert.Equal(high, actualHigh, 1e-11);
    }

    [Fact]
    public void Wilson_holds_the_share_stays_in_0_to_1_and_mirrors() =>
        Gen.Int[1, 5000].SelectMany(images => Gen.Int[0, images].Select(right => (right, images))).Sample(count =>
        {
            var (low, high) = Proportion.Wilson(count.right, count.images);
            var share = (double)count.right / count.images;
            Assert.InRange(low, 0, share);
            Assert.InRange(high, share, 1);
            Assert.True(low < high);
            var (mirroredLow, mirroredHigh) = Proportion.Wilson(count.images - count.right, count.images);
            Assert.Equal(1 - high, mirroredLow, 1e-12);
            Assert.Equal(1 - low, mirroredHigh, 1e-12);
        });

    [Fact]
    public void Wilson_ends_are_where_the_score_test_sees_just_5_percent() =>
        Gen.Int[1, 5000].SelectMany(images => Gen.Int[0, images].Select(right => (right, images))).Sample(count =>
        {
            // The interval's definition, independent of its closed form: |p - q| = z sqrt(q (1 - q) / n) at each end q.
            var (low, high) = Proportion.Wilson(count.right, count.images);
            foreach (var end in new[] { low, high })
                if (end is > 0 and < 1)
                    Assert.Equal(
                        1.959963984540054, Math.Abs((double)count.right / count.images - end) / Math.Sqrt(end * (1 - end) / count.images),
                        1e-6);
        });

    [Fact]
    public void Wilson_is_exact_at_the_ends()
    {
        Assert.Equal(0, Proportion.Wilson(0, 7).Low);
        Assert.Equal(1, Proportion.Wilson(7, 7).High);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void Wilson_refuses_counts_that_no_images_have(int right, int images) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(right, images));

    [Theory]
    // Fay, exact2x2 vignette "Exact McNemar's Test": b = 2, c = 9, printed p = 0.06543; exactly 67/1024.
    [InlineData(2, 9, 67 / 1024.0)]
    // Fagerland, Lydersen and Laake (2013), BMC Medical Research Methodology 13:91: Bentur's airway data 1 and 7, exactly 9/128.
    [InlineData(1, 7, 9 / 128.0)]
    // The same paper's data of Cavo on responses to treatment, 6 and 16, exactly 13757/262144.
    [InlineData(6, 16, 13757 / 262144.0)]
    // Agresti (1990), page 350, approval of a president, 150 and 86: 3.715936e-05 in exact rational arithmetic.
    [InlineData(150, 86, 3.715936139571442e-05)]
    [InlineData(0, 0, 1)]
    [InlineData(4, 4, 1)]
    [InlineData(0, 1, 1)]
    [InlineData(0, 6, 1 / 32.0)]
    public void McNemar_agrees_with_worked_examples(int onlyFirst, int onlySecond, double expected)
    {
        Assert.Equal(expected, Proportion.McNemar(onlyFirst, onlySecond), expected * 1e-11);
        Assert.Equal(expected, Proportion.McNemar(onlySecond, onlyFirst), expected * 1e-11);
    }

    [Fact]
    public void McNemar_agrees_with_rational_arithmetic() => Gen.Select(Gen.Int[0, 400], Gen.Int[0, 400]).Sample((b, c) =>
    {
        BigInteger term = 1, sum = 1;
        for (var k = 1; k <= Math.Min(b, c); k++) sum += term = term * (b + c - k + 1) / k;
        // 60 more bits than a double holds, so that the quotient is exact for our purpose.
        var expected = Math.Min(1, (double)((sum << 1001) >> (b + c)) / Math.Pow(2, 1000));
        Assert.Equal(expected, Proportion.McNemar(b, c), expected * 1e-9);
    });

    [Fact]
    public void McNemar_stays_a_probability_for_many_images()
    {
        Assert.Equal(1, Proportion.McNemar(50_000, 50_000));
        Assert.InRange(Proportion.McNemar(49_000, 51_000), 2.5e-10, 2.8e-10); // normal approximation: z = 6.32, p = 2.6e-10
        Assert.Equal(0, Proportion.McNemar(0, 100_000));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(2, -1)]
    public void McNemar_refuses_negative_counts(int onlyFirst, int onlySecond) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.McNemar(onlyFirst, onlySecond));

    [Fact]
    public void The_harmonic_mean_of_nothing_is_nothing()
    {
        Assert.Equal(0, Proportion.HarmonicMean(0, 0));
        Assert.Equal(0, Proportion.HarmonicMean(0, 0.9));
        Assert.Equal(0.5, Proportion.HarmonicMean(0.5, 0.5));
        Assert.Equal(0.48, Proportion.HarmonicMean(0.4, 0.6), 1e-15);
    }

    // Two of the 144 cells do not follow from their own row: OxfordPets (paper.md, section 6, 10) and CoOp on SUN397.
    [Fact]
    public void The_harmonic_mean_agrees_with_Tables_6_and_8_but_for_two_misprints()
    {
        using var tables = JsonDocument.Parse(File.ReadAllText(Shared.Path("data/goldens/paper_tables.json")));
        var misprints = new List<string>();
        var cells = 0;
        foreach (var table in new[] { "T6_1shot", "T8_16shot" })
            foreach (var dataset in tables.RootElement.GetProperty(table).EnumerateObject())
                foreach (var method in dataset.Value.EnumerateObject())
                {
                    double[] row = [.. method.Value.EnumerateArray().Select(cell => cell.GetDouble())];
                    cells++;
                    // Base, novel and the mean are each rounded to two digits.
                    var lowest = Proportion.HarmonicMean(row[0] - 0.005, row[1] - 0.005) - 0.0051;
                    var highest = Proportion.HarmonicMean(row[0] + 0.005, row[1] + 0.005) + 0.0051;
                    if (row[2] < lowest || row[2] > highest) misprints.Add($"{table} {dataset.Name} {method.Name}");
                }
        Assert.Equal(["T6_1shot OxfordPets IPO", "T8_16shot SUN397 CoOp"], misprints);
        Assert.Equal(12 * 7 + 12 * 5, cells);
    }
}
