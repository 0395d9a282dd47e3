using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ipo.ClipScorer.Images;

/// <summary>SHA-256 of an image file: the image's name everywhere.</summary>
internal readonly record struct ImageDigest
{
    /// <summary>Length in bytes.</summary>
    public const int Bytes = 32;

    private readonly ulong _a, _b, _c, _d;

    /// <param name="digest">32 bytes.</param>
    public ImageDigest(ReadOnlySpan<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, Bytes);
        _a = BinaryPrimitives.ReadUInt64BigEndian(digest);
        _b = BinaryPrimitives.ReadUInt64BigEndian(digest[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(digest[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(digest[24..]);
    }

    /// <summary>The digest of a file's bytes.</summary>
    public static ImageDigest Of(ReadOnlySpan<byte> file)
    {
        Span<byte> digest = stackalloc byte[Bytes];
        SHA256.HashData(file, digest);
        return new(digest);
    }

    public byte FirstByte => (byte)(_a >> 56);

    /// <summary>Writes the 32 bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> digest = stackalloc byte[Bytes];
        WriteTo(digest);
        return Convert.ToHexStringLower(digest);
    }

    // The bytes of a SHA-256 are spread evenly already.
    public override int GetHashCode() => (int)_a;
}
