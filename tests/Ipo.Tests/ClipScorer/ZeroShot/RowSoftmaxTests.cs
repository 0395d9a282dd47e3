using System.Runtime.Intrinsics;
using CsCheck;
using Ipo.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.ZeroShot;

public sealed class RowSoftmaxTests(ITestOutputHelper output)
{
    [Fact]
    public void The_exponential_is_within_two_units_in_the_last_place_over_its_whole_range()
    {
        var worst = 0.0;
        for (var start = -87f; start <= 0; start += 0.00537f)
        {
            var x = Vector512.Min(Vector512.Create(start) + Vector512.ConvertToSingle(Vector512<int>.Indices) * Vector512.Create(0.000331f), Vector512<float>.Zero);
            var y = RowSoftmax.ExponentialOfNegative(x);
            for (var lane = 0; lane < 16; lane++)
            {
                var exact = Math.Exp(x[lane]);
                worst = Math.Max(worst, Math.Abs(y[lane] - exact) / (MathF.BitIncrement((float)exact) - (float)exact));
            }
        }
        output.WriteLine($"largest error of the exponential: {worst:F3} units in the last place");
        Assert.InRange(worst, 0, 2);
    }

    [Theory]
    [InlineData(0f, 1f), InlineData(-87.01f, 0f), InlineData(-1e30f, 0f), InlineData(float.NegativeInfinity, 0f)]
    public void The_exponential_is_exact_at_its_ends(float x, float expected) =>
        Assert.Equal(expected, RowSoftmax.ExponentialOfNegative(Vector512.Create(x))[0]);

    [Fact]
    public void The_first_class_wins_a_tie_wherever_its_lane_and_chunk() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[0, 199], Gen.Int[0, 199]).Sample((count, one, other) =>
        {
            var row = Row(count, _ => 0.1f);
            row[one % count] = row[other % count] = 0.7f;
            Assert.Equal(Math.Min(one % count, other % count), Taken(row, 16, 100).Nearest);
            Assert.Equal(Math.Min(one % count, other % count), Taken(row, row.Length, 100).Nearest);
        });

    [Fact]
    public void A_row_in_chunks_agrees_with_a_softmax_in_double() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[0, 1000], Gen.Double[1, 200], Gen.Int[1, 5]).Sample((count, seed, scale, chunks) =>
        {
            var random = new Random(seed);
            var row = Row(count, _ => (float)(random.NextDouble() * 2 - 1));
            var label = random.Next(count);
            var largest = row.Take(count).Max();
            var sum = row.Take(count).Sum(cosine => Math.Exp(((double)cosine - largest) * scale));
            var expected = Math.Log(sum) + ((double)largest - row[label]) * scale;
            var taken = Taken(row, chunks * 16, scale);
            Assert.Equal(Array.IndexOf(row, largest), taken.Nearest);
            Assert.InRange(taken.Loss(row[label], new(scale, 0)) - expected, -1e-5, 1e-5);
        });

    [Fact]
    public void Nothing_overflows_or_turns_into_not_a_number_at_extreme_scales()
    {
        var row = Row(3, c => c == 1 ? 1f : -1f);
        var taken = Taken(row, 16, 1e6);
        Assert.Equal(0, taken.Loss(1f, new(1e6, 0)));
        Assert.Equal(2e6, taken.Loss(-1f, new(1e6, 0)));
    }

    private static float[] Row(int count, Func<int, float> value)
    {
        var row = new float[(count + 15) / 16 * 16];
        Array.Fill(row, float.NegativeInfinity);
        for (var c = 0; c < count; c++) row[c] = value(c);
        return row;
    }

    private static RowSoftmax Taken(float[] row, int chunk, double scale)
    {
        var softmax = default(RowSoftmax);
        for (var first = 0; first < row.Length; first += chunk) softmax.Add(row.AsSpan(first, Math.Min(chunk, row.Length - first)), first, new(scale, 0));
        return softmax;
    }
}
