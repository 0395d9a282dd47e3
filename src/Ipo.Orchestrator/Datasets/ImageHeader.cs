namespace Ipo.Orchestrator.Datasets;

/// <summary>Tells an image by its first bytes. Only that: the scorer decodes, and says of each image whether it
/// can.</summary>
internal static class ImageHeader
{
    /// <summary>Bytes that have to be read.</summary>
    public const int Bytes = 12;

    public static bool IsImage(ReadOnlySpan<byte> head) => MediaType(head) is not null;

    /// <summary>The media type of an image; null if it is not an image.</summary>
    public static string? MediaType(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) ? "image/gif"
        : head.StartsWith("BM"u8) ? "image/bmp"
        : head.StartsWith("RIFF"u8) && head.Length >= Bytes && head[8..Bytes].SequenceEqual("WEBP"u8) ? "image/webp"
        : null;
}
