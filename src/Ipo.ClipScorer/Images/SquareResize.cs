namespace Ipo.ClipScorer.Images;

/// <summary>How an image of any proportion becomes the square that a vision tower takes.</summary>
/// <param name="Filter">The filter.</param>
/// <param name="Size">Pixels along each side of the square.</param>
/// <param name="ShortSide">Pixels that the short side is resized to before the centre is cut out; null where nothing is
/// cut off, and both sides are resized to <paramref name="Size"/>, whatever becomes of the proportion.</param>
internal sealed record SquareResize(ResizeFilter Filter, int Size, int? ShortSide)
{
    /// <summary>The short side resized and the centre cut out: CLIP's way.</summary>
    public static SquareResize Crop(ResizeFilter filter, int shortSide, int size) => new(filter, size, shortSide);

    /// <summary>Both sides resized to the square's: SigLIP's way.</summary>
    public static SquareResize Squash(ResizeFilter filter, int size) => new(filter, size, null);

    /// <summary>The resize of an image of this size.</summary>
    public PillowResize Of(int width, int height) => ShortSide is { } shortSide
        ? PillowResize.CentreSquare(Filter, width, height, shortSide, Size)
        : PillowResize.Whole(Filter, width, height, Size, Size);
}
