namespace Ipo.ClipScorer.ZeroShot;

/// <summary>A class and its probability among all classes of the question.</summary>
internal readonly record struct ClassProbability(int Class, double Probability);

/// <summary>Classifies single images: the nearest classes with their softmax probabilities.</summary>
internal static class NearestClasses
{
    /// <param name="image">The embedding of an image.</param>
    /// <param name="classes">The embeddings of the prompts.</param>
    /// <param name="logitScale">Factor on cosines before the softmax; already exponentiated.</param>
    /// <param name="top">How many classes to return, at least 1; all where there are fewer.</param>
    /// <returns>The nearest classes, best first; the first class wins a tie.</returns>
    public static ClassProbability[] Of(ReadOnlySpan<float> image, ClassMatrix classes, double logitScale, int top)
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
        var order = Enumerable.Range(0, cosines.Length).OrderByDescending(c => cosines[c]).Take(Math.Max(1, top)).ToArray();
        var largest = cosines[order[0]];
        var sum = 0.0;
        foreach (var cosine in cosines) sum += Math.Exp(((double)cosine - largest) * logitScale);
        return [.. order.Select(c => new ClassProbability(c, Math.Exp(((double)cosines[c] - largest) * logitScale) / sum))];
    }
}
