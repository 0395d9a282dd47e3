namespace Ipo.Tests.ClipScorer.ZeroShot;

/// <summary>Random unit vectors for tests.</summary>
internal static class Vectors
{
    /// <summary>[count, dimension] of unit length, pulled towards <paramref name="pull"/> of a common direction as CLIP's are.</summary>
    public static float[] Unit(int count, int dimension, int seed, double pull = 0.5)
    {
        var random = new Random(seed);
        var values = new float[count * dimension];
        for (var row = 0; row < count; row++)
        {
            var vector = values.AsSpan(row * dimension, dimension);
            for (var d = 0; d < dimension; d++) vector[d] = (float)(random.NextDouble() - 0.5 + (d == 0 ? pull : 0));
            var length = 0.0;
            foreach (var value in vector) length += (double)value * value;
            for (var d = 0; d < dimension; d++) vector[d] = (float)(vector[d] / Math.Sqrt(length));
        }
        return values;
    }
}
