namespace Ipo.ClipScorer.Images;

/// <summary>
/// Pillow's resize of an 8-bit image, bit for bit: a horizontal pass, eight bits, a vertical pass.
/// Only the wanted window of the result is computed, and only the input rows it needs are touched.
/// </summary>
internal sealed class PillowResize
{
    private readonly ResizeTaps _columns;
    private readonly ResizeTaps _rows;

    private PillowResize(ResizeTaps columns, ResizeTaps rows) => (_columns, _rows) = (columns, rows);

    /// <summary>Bytes from one row of the result to the next: four a pixel, rounded up to
    /// what the widest vector stores.</summary>
    public int Stride => (_columns.Outputs * 4 + 15) & ~15;

    /// <summary>The whole image resized to a width and a height.</summary>
    public static PillowResize Whole(ResizeFilter filter, int width, int height, int toWidth, int toHeight) =>
        new(ResizeTaps.For(filter, width, toWidth, 0, toWidth), ResizeTaps.For(filter, height, toHeight, 0, toHeight));

    /// <summary>
    /// The centre square of the image whose short side is resized to <paramref name="shortSide"/>, as torchvision's
    /// Resize and CenterCrop give it: the long side is cut to a whole pixel, the margin rounds half to even.
    /// </summary>
    public static PillowResize CentreSquare(ResizeFilter filter, int width, int height, int shortSide, int square)
    {
        var (toWidth, toHeight) = ShortSideTo(width, height, shortSide);
        return new(
            ResizeTaps.For(filter, width, toWidth, Margin(toWidth), square),
            ResizeTaps.For(filter, height, toHeight, Margin(toHeight), square));

        int Margin(int side) => (int)Math.Round((side - square) / 2.0, MidpointRounding.ToEven);
    }

    /// <summary>The size with the short side resized and the proportion kept.</summary>
    public static (int Width, int Height) ShortSideTo(int width, int height, int shortSide)
    {
        return width <= height ? (shortSide, Long(height, width)) : (Long(width, height), shortSide);

        int Long(int longest, int shortest) => (int)((double)shortSide * longest / shortest);
    }

    /// <summary>Resizes.</summary>
    /// <param name="image">The image of the size this was made for.</param>
    /// <param name="output">Receives rows of <see cref="Stride"/> bytes, four a pixel.</param>
    /// <param name="kernel">What does the sums.</param>
    public void Run(DecodedImage image, Span<byte> output, ResizeKernel kernel)
    {
        var stride = Stride;
        var pixels = image.Pixels;
        var between = GC.AllocateUninitializedArray<byte>((_rows.End - _rows.Begin) * stride);
        for (var row = _rows.Begin; row < _rows.End; row++)
            kernel.Horizontal(pixels[(row * image.Width * 4)..], _columns, between.AsSpan((row - _rows.Begin) * stride, stride));
        for (var row = 0; row < _rows.Outputs; row++)
            kernel.Vertical(
                between.AsSpan((_rows.First(row) - _rows.Begin) * stride), stride, _rows.Weights(row),
                output.Slice(row * stride, stride));
    }
}
