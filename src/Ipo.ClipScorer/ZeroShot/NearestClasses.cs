namespace Ipo.ClipScorer.ZeroShot;

/// <summary>A class and its probability, by the head that classified.</summary>
internal readonly record struct ClassProbability(int Class, double Probability);

/// <summary>The classes nearest to one image.</summary>
/// <param name="Cosines">The cosine of the image with every class.</param>
/// <param name="Classes">The nearest classes, best first; the first class wins a tie.</param>
internal sealed record NearestClasses(float[] Cosines, int[] Classes)
{
    /// <param name="image">The embedding of an image.</param>
    /// <param name="classes">The embeddings of the prompts.</param>
    /// <param name="top">How many classes to return, at least 1; all where there are fewer.</param>
    public static NearestClasses Of(ReadOnlySpan<float> image, ClassMatrix classes, int top)
    {
        var cosines = new float[classes.Count];
        using (var product = new BlockedProduct(1, classes.Dimension, classes.Count))
        {
            product.Load(image, 1);
            for (var chunk = 0; chunk < classes.Count; chunk += BlockedProduct.ChunkClasses)
            {
                product.Multiply(1, classes, chunk);
                var row = product.Row(0, classes, chunk);
                row[..Math.Min(row.Length, classes.Count - chunk)].CopyTo(cosines.AsSpan(chunk));
            }
        }
        // LINQ's sort is stable, so equal cosines stay in class order.
        return new(cosines, [.. Enumerable.Range(0, cosines.Length).OrderByDescending(c => cosines[c]).Take(Math.Max(1, top))]);
    }
}
