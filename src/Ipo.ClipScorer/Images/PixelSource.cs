namespace Ipo.ClipScorer.Images;

/// <summary>What becomes of a checkpoint's images, and how that is known.</summary>
/// <param name="Settings">What becomes of them.</param>
/// <param name="File">The file that says so, or would; part of the checkpoint's digest.</param>
/// <param name="Assumption">What no file says and is taken from the family's own settings, as a sentence; null where
/// nothing is.</param>
internal sealed record PixelSource(PixelSettings Settings, string File, string? Assumption)
{
    /// <summary>The settings as one line.</summary>
    public static string Words(PixelSettings settings) =>
        (settings.Resize.ShortSide is { } side
            ? $"short side to {side} pixels, {settings.Resize.Filter}, the centre {settings.Size} cut out"
            : $"both sides to {settings.Size} pixels, {settings.Resize.Filter}, nothing cut off")
        + FormattableString.Invariant($", mean {string.Join('/', settings.Mean)}, deviation {string.Join('/', settings.Deviation)}");
}
