using System.Runtime.Intrinsics;

namespace Ipo.ClipScorer.ZeroShot;

/// <summary>Arg-max and log-sum-exp of one image's cosines, taken in chunks of classes so that a full row of logits
/// is never needed. Sixteen lanes in a fixed order, on any register width: equal bits on every run. It starts
/// empty: <c>default</c> is no row yet.</summary>
internal struct RowSoftmax : IRowScore
{
    private const int Lanes = 16;

    private bool _started;
    private double _sum;

    public int Nearest { get; private set; }

    /// <summary>The largest cosine so far.</summary>
    public float Largest { get; private set; }

    /// <summary>The softmax probability of the largest cosine: its term of the sum is exactly 1.</summary>
    public readonly float TopProbability(in Logits logits) => (float)(1 / _sum);

    public void Add(ReadOnlySpan<float> cosines, int first, in Logits logits)
    {
        var (largest, index) = ArgMax(cosines);
        if (!_started || largest > Largest)
        {
            // All terms stand relative to the largest one: none can overflow, and the largest is exactly 1.
            if (_started) _sum *= Math.Exp(((double)Largest - largest) * logits.Scale);
            (Largest, Nearest, _started) = (largest, first + index, true);
        }
        _sum += SumOfExponentials(cosines, Largest, (float)logits.Scale);
    }

    /// <summary>Cross-entropy of the row: minus the log-probability of the own class.</summary>
    public readonly double Loss(float own, in Logits logits) => Math.Log(_sum) + ((double)Largest - own) * logits.Scale;

    private static (float Largest, int Index) ArgMax(ReadOnlySpan<float> row)
    {
        var best = Vector512.Create(float.NegativeInfinity);
        var where = Vector512<int>.Zero;
        var index = Vector512<int>.Indices;
        for (var i = 0; i < row.Length; i += Lanes, index += Vector512.Create(Lanes))
        {
            var value = Vector512.Create(row.Slice(i, Lanes));
            var better = Vector512.GreaterThan(value, best); // strictly: within a lane the first stays
            best = Vector512.ConditionalSelect(better, value, best);
            where = Vector512.ConditionalSelect(better.AsInt32(), index, where);
        }
        var (largest, first) = (best[0], where[0]);
        for (var lane = 1; lane < Lanes; lane++)
            if (best[lane] > largest || (best[lane] == largest && where[lane] < first)) (largest, first) = (best[lane], where[lane]);
        return (largest, first);
    }

    private static double SumOfExponentials(ReadOnlySpan<float> row, float largest, float logitScale)
    {
        // Sums in double: a thousand fp32 terms summed in fp32 would lose more than the exponentials do.
        Vector512<double> low = default, high = default;
        var (shift, scale) = (Vector512.Create(largest), Vector512.Create(logitScale));
        for (var i = 0; i < row.Length; i += Lanes)
        {
            var (l, h) = Vector512.Widen(ExponentialOfNegative((Vector512.Create(row.Slice(i, Lanes)) - shift) * scale));
            low += l;
            high += h;
        }
        var total = 0.0;
        for (var lane = 0; lane < Lanes / 2; lane++) total += low[lane];
        for (var lane = 0; lane < Lanes / 2; lane++) total += high[lane];
        return total;
    }

    /// <summary>e^x for x ≤ 0, within 2 units in the last place; below −87 it is 0, the smallest normal
    /// number being e^−87.3. Our own, because it has to give the same bits on every register width: x =
    /// n·ln 2 + r with |r| ≤ ln 2 / 2, e^r by its Taylor polynomial of degree 7 (remainder below 6e-9),
    /// times 2^n through the exponent bits.</summary>
    internal static Vector512<float> ExponentialOfNegative(Vector512<float> x)
    {
        var vanishing = Vector512.LessThan(x, Vector512.Create(-87f));
        x = Vector512.Max(x, Vector512.Create(-87f));
        var n = Vector512.Round(x * Vector512.Create(1.442695041f));
        // ln 2 in two parts (Cody and Waite): the first has few enough bits that n times it is exact.
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1f / 5040);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        var power = ((Vector512.ConvertToInt32(n) + Vector512.Create(127)) << 23).AsSingle();
        return Vector512.AndNot(p * power, vanishing);
    }
}
