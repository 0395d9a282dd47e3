using System.Buffers;
using System.Buffers.Binary;

namespace Ipo.ClipScorer.Images;

/// <summary>
/// A copy of a GIF whose first frame has no transparent colour. Pillow expands the palette and keeps the colour that
/// stands at the transparent index; Skia makes such pixels black. With the flag cleared, Skia keeps the colour too.
/// </summary>
internal sealed class OpaqueGif : IDisposable
{
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;

    private readonly byte[] _rented;
    private readonly int _length;

    private OpaqueGif(ReadOnlySpan<byte> file, int flags)
    {
        _length = file.Length;
        _rented = ArrayPool<byte>.Shared.Rent(file.Length);
        file.CopyTo(_rented);
        _rented[flags] &= 0xFE;
    }

    public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

    /// <summary>The copy, or null where nothing has to change: another format, or no transparent
    /// colour before the first frame.</summary>
    public static OpaqueGif? From(ReadOnlySpan<byte> file) => TransparencyFlag(file) is { } flags ? new(file, flags) : null;

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);

    // GIF89a, sections 18 to 26: screen descriptor, optional palette, then extensions until the first image descriptor.
    private static int? TransparencyFlag(ReadOnlySpan<byte> file)
    {
        if (file.Length < 13 || !(file.StartsWith("GIF89a"u8) || file.StartsWith("GIF87a"u8))) return null;
        if (BinaryPrimitives.ReadUInt16LittleEndian(file[6..]) == 0) return null;
        var hasPalette = (file[10] & 0x80) != 0;
        var at = 13 + (hasPalette ? 3 * (2 << (file[10] & 7)) : 0);
        while (at + 4 < file.Length && file[at] == Extension)
        {
            if (file[at + 1] == GraphicControl && (file[at + 3] & 1) != 0) return at + 3;
            at += 2;
            while (at < file.Length && file[at] != 0) at += 1 + file[at];
            at++;
        }
        return null;
    }
}
