using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;

namespace Ipo.IntegrationTests.Pages;

/// <summary>A dataset of any number of classes: small pictures of one colour and some noise each.</summary>
internal static class ManyClasses
{
    private const int Side = 32;

    /// <summary>Writes a folder for each class with four pictures.</summary>
    public static void Write(string folder, int classes)
    {
        var random = new Random(1);
        for (var number = 0; number < classes; number++)
        {
            var of = Directory.CreateDirectory(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"thing {number:0000}"))).FullName;
            byte[] colour = [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];
            for (var picture = 0; picture < 4; picture++)
                File.WriteAllBytes(Path.Combine(of, string.Create(CultureInfo.InvariantCulture, $"{picture}.png")), Png(colour, random));
        }
    }

    private static byte[] Png(byte[] colour, Random random)
    {
        var rows = new byte[Side * (1 + (Side * 3))];
        for (var at = 0; at < rows.Length; at++)
            if (at % (1 + (Side * 3)) is var inRow && inRow > 0) rows[at] = (byte)Math.Clamp(colour[(inRow - 1) % 3] + random.Next(-40, 40), 0, 255);
        var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(rows);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Side);
        (header[8], header[9]) = (8, 2); // eight bits, red green blue
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content)
    {
        byte[] body = [.. name, .. content];
        var chunk = new byte[8 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        body.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + body.Length), Crc32.HashToUInt32(body));
        return chunk;
    }
}
