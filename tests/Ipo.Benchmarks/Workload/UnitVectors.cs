namespace Ipo.Benchmarks.Workload;

/// <summary>Random unit vectors that share a direction, as embeddings of one modality do.</summary>
internal static class UnitVectors
{
    /// <returns>[count, dimension].</returns>
    public static float[] Make(int count, int dimension, int seed)
    {
        var values = new float[count * dimension];
        Fill(values, dimension, seed);
        return values;
    }

    /// <summary>Fills rows of a dimension.</summary>
    public static void Fill(Span<float> values, int dimension, int seed)
    {
        var random = new Random(seed);
        for (var row = 0; row < values.Length; row += dimension)
        {
            var vector = values.Slice(row, dimension);
            for (var at = 0; at < dimension; at++) vector[at] = random.NextSingle() - 0.5f + (at == 0 ? 4 : 0);
            var length = 0f;
            foreach (var value in vector) length += value * value;
            foreach (ref var value in vector) value /= MathF.Sqrt(length);
        }
    }
}
