namespace Ipo.ClipScorer.Images;

/// <summary>What becomes of an image's pixels before a vision tower sees them.</summary>
/// <param name="Resize">How an image becomes a square.</param>
/// <param name="Scale">Factor on a byte before normalisation; 1/255 in CLIP.</param>
/// <param name="Mean">Mean of red, green and blue.</param>
/// <param name="Deviation">Standard deviation of red, green and blue.</param>
internal sealed record PixelSettings(SquareResize Resize, double Scale, IReadOnlyList<float> Mean, IReadOnlyList<float> Deviation)
{
    /// <summary>Pixels along each side of the square.</summary>
    public int Size => Resize.Size;

    /// <summary>The normalised value of every byte in each channel: [3, 256].</summary>
    public float[] Normalised()
    {
        var values = new float[3 * 256];
        for (var at = 0; at < values.Length; at++)
            values[at] = ((float)((at & 255) * Scale) - Mean[at >> 8]) / Deviation[at >> 8];
        return values;
    }
}
