using System.Buffers.Binary;
using Ipo.Samples.Drawing;

namespace Ipo.Samples.Files;

/// <summary>A picture as a PNG file (8-bit RGB), the same bytes everywhere.</summary>
internal static class Png
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n =>
    {
        var c = (uint)n;
        for (var k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
        return c;
    })];

    public static byte[] Encode(Raster picture) => Encode(picture.Rgb, picture.Size, picture.Size);

    /// <param name="rgb">Rows of red, green and blue bytes.</param>
    public static byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height)
    {
        var stride = width * 3;
        var rows = new byte[(stride + 1) * height];
        for (var y = 0; y < height; y++) Filter(rgb, rows.AsSpan(y * (stride + 1), stride + 1), y, stride);
        var packed = Deflate.Compress(rows);
        var body = new byte[packed.Length + 6];
        (body[0], body[1]) = (0x78, 0x01);
        packed.CopyTo(body, 2);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(body.Length - 4), Adler(rows));
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, body), .. Chunk("IEND"u8, [])];
    }

    // The filter with the smallest sum of differences among none, left and above, as the PNG standard advises.
    private static void Filter(ReadOnlySpan<byte> rgb, Span<byte> row, int y, int stride)
    {
        var line = rgb.Slice(y * stride, stride);
        Span<long> sums = stackalloc long[3];
        for (var kind = 0; kind < 3; kind++)
            for (var i = 0; i < stride; i++) sums[kind] += Math.Abs((int)(sbyte)(line[i] - Before(rgb, line, kind, i, y, stride)));
        var best = sums[1] <= sums[2] ? 1 : 2;
        if (sums[0] < sums[best]) best = 0;
        row[0] = (byte)best;
        for (var i = 0; i < stride; i++) row[i + 1] = (byte)(line[i] - Before(rgb, line, best, i, y, stride));
    }

    private static byte Before(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> line, int kind, int i, int y, int stride) => kind switch
    {
        1 when i >= 3 => line[i - 3],
        2 when y > 0 => rgb[(y - 1) * stride + i],
        _ => 0,
    };

    private static byte[] Chunk(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        kind.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        var crc = uint.MaxValue;
        foreach (var octet in chunk.AsSpan(4, content.Length + 4)) crc = Table[(byte)(crc ^ octet)] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(content.Length + 8), ~crc);
        return chunk;
    }

    private static uint Adler(ReadOnlySpan<byte> bytes)
    {
        uint a = 1, b = 0;
        foreach (var octet in bytes)
        {
            a = (a + octet) % 65521;
            b = (b + a) % 65521;
        }
        return (b << 16) | a;
    }
}
