namespace Ipo.ClipScorer.Images;

/// <summary>
/// For one axis, which inputs make each output and with which weight: Pillow's filters with antialiasing
/// (Pillow, src/libImaging/Resample.c, precompute_coeffs and normalize_coeffs_8bpc), in 22-bit fixed point.
/// </summary>
internal sealed class ResizeTaps
{
    /// <summary>Bits behind the binary point of a weight: 32 less 8 for the pixel
    /// less 2 for the sum's overshoot.</summary>
    public const int FractionBits = 32 - 8 - 2;

    /// <summary>Added before the shift, so that it rounds.</summary>
    public const int Half = 1 << (FractionBits - 1);

    private readonly int[] _first;
    private readonly int[] _count;
    private readonly int[] _weights;

    private ResizeTaps(int outputs, int stride)
    {
        Stride = stride;
        _first = new int[outputs];
        _count = new int[outputs];
        _weights = new int[outputs * stride];
    }

    /// <summary>Outputs described.</summary>
    public int Outputs => _first.Length;

    /// <summary>Weights stored for each output, a multiple of four; those behind the last tap are zero.</summary>
    public int Stride { get; }

    /// <summary>The first input that any output needs.</summary>
    public int Begin => _first[0];

    /// <summary>One more than the last input that any output needs.</summary>
    public int End => _first[^1] + _count[^1];

    /// <summary>The taps that make outputs <paramref name="from"/> up to <paramref name="from"/> +
    /// <paramref name="count"/> of an axis resized from one length to another.</summary>
    public static ResizeTaps For(ResizeFilter filter, int inputLength, int outputLength, int from, int count)
    {
        var scale = (double)inputLength / outputLength;
        var filterScale = Math.Max(scale, 1.0);
        var support = filter.Support() * filterScale;
        var most = (int)Math.Ceiling(support) * 2 + 1;
        var taps = new ResizeTaps(count, (most + 3) & ~3);
        var weights = new double[most];
        for (var output = 0; output < count; output++)
        {
            var centre = (from + output + 0.5) * scale;
            var first = Math.Max((int)(centre - support + 0.5), 0);
            var length = Math.Min((int)(centre + support + 0.5), inputLength) - first;
            var sum = 0.0;
            for (var tap = 0; tap < length; tap++)
            {
                weights[tap] = filter.Weight((tap + first - centre + 0.5) * (1.0 / filterScale));
                sum += weights[tap];
            }
            var fixedPoint = taps._weights.AsSpan(output * taps.Stride);
            for (var tap = 0; tap < length; tap++)
            {
                var weight = sum == 0.0 ? weights[tap] : weights[tap] / sum;
                fixedPoint[tap] = (int)(weight * (1 << FractionBits) + (weight < 0 ? -0.5 : 0.5));
            }
            taps._first[output] = first;
            taps._count[output] = length;
        }
        return taps;
    }

    /// <summary>The first input of an output.</summary>
    public int First(int output) => _first[output];

    /// <summary>The weights of an output, one for each of its inputs from <see cref="First"/> on.</summary>
    public ReadOnlySpan<int> Weights(int output) => _weights.AsSpan(output * Stride, _count[output]);

    /// <summary>The same weights with zeros behind them up to <see cref="Stride"/>.</summary>
    public ReadOnlySpan<int> PaddedWeights(int output) => _weights.AsSpan(output * Stride, (_count[output] + 3) & ~3);
}
