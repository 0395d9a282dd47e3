namespace Ipo.Optimization.Images;

/// <summary>Finds images that show the same: a picture that is searched on and then proves itself proves
/// nothing.</summary>
public static class DuplicateImages
{
    /// <summary>Cosine of two embeddings from which two files are taken for the same picture, saved anew, resized or
    /// cut a little. It is a warning and no proof: a checkpoint that sees little sees different pictures alike. With
    /// ipo-tiny, which sees least, no two drawings of the sample come so near (docs/trust.md).
    /// </summary>
    public const float DuplicateThreshold = 0.993f;

    /// <summary>For each of some images the most similar of others, where that is similar enough.</summary>
    /// <param name="images">Embeddings, L2-normalised.</param>
    /// <param name="others">Embeddings that they are compared with.</param>
    public static IReadOnlyList<SimilarImages> Between(IReadOnlyList<float[]> images, IReadOnlyList<float[]> others)
    {
        var nearest = new SimilarImages?[images.Count];
        Parallel.For(0, images.Count, image =>
        {
            var (best, cosine) = (-1, MathF.BitDecrement(DuplicateThreshold));
            for (var other = 0; other < others.Count; other++)
                if (Embeddings.Cosine(images[image], others[other]) is var its && its > cosine) (best, cosine) = (other, its);
            if (best >= 0) nearest[image] = new(image, best, Math.Min(1, cosine));
        });
        return [.. nearest.OfType<SimilarImages>()];
    }
}

/// <summary>Two images that look the same.</summary>
/// <param name="Image">Position of the one.</param>
/// <param name="Other">Position of the other among those compared with.</param>
/// <param name="Cosine">Cosine of their embeddings.</param>
public sealed record SimilarImages(int Image, int Other, double Cosine);
