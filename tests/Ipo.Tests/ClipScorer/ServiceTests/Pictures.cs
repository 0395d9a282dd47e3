using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Ipo.V1;

namespace Ipo.Tests.ClipScorer.ServiceTests;

/// <summary>Small pictures made on the spot: uncompressed 24-bit BMP files.</summary>
internal static class Pictures
{
    /// <summary>A picture of 80 by 70 coloured waves; every seed gives another one.</summary>
    public static byte[] Bmp(int seed)
    {
        const int width = 80, height = 70, header = 54;
        var file = new byte[header + width * height * 3];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), header);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        for (var i = 0; i < width * height; i++)
            for (var channel = 0; channel < 3; channel++)
                file[header + i * 3 + channel] = (byte)(127 + 120 * Math.Sin((i % width * (seed % 7 + 1) + i / width * (seed % 5 + 1)) * 0.05 + seed * 1.7 + channel * seed));
        return file;
    }

    public static ByteString Digest(byte[] file) => ByteString.CopyFrom(SHA256.HashData(file));

    /// <summary>The picture with its content.</summary>
    public static Image Image(int seed) => Image(Bmp(seed));

    public static Image Image(byte[] file) => new() { Sha256 = Digest(file), Content = ByteString.CopyFrom(file) };

    /// <summary>The picture by digest only.</summary>
    public static Image Named(int seed) => new() { Sha256 = Digest(Bmp(seed)) };
}
