namespace Ipo.ClipScorer.Images;

/// <summary>From an encoded image to the pixels a vision tower takes. Thread-safe.</summary>
internal sealed class ImagePreprocessor
{
    /// <summary>Names the way pixels are made; changes whenever pixels could. Part of an embedding's cache key.</summary>
    public string Version => throw new NotImplementedException();

    /// <summary>Pixels along each side of the square the vision tower takes.</summary>
    public int Size => throw new NotImplementedException();

    /// <summary>Decodes, resizes, crops and normalises one JPEG, PNG, WebP, GIF or BMP.</summary>
    /// <param name="file">The encoded image.</param>
    /// <param name="pixels">Receives [3, Size, Size]: channels red, green, blue; rows from the top.</param>
    /// <exception cref="ImageRejectedException">The image is over a limit, damaged, or of another format.</exception>
    public void Preprocess(ReadOnlySpan<byte> file, Span<float> pixels) => throw new NotImplementedException();
}
