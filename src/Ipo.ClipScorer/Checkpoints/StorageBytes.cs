using System.IO.Compression;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>Where the bytes of a storage stand in a file of PyTorch's.</summary>
/// <param name="Offset">The first one.</param>
/// <param name="Size">Bytes it has, unpacked.</param>
/// <param name="IsDeflated">Whether they are compressed.</param>
internal sealed record StorageBytes(long Offset, long Size, bool IsDeflated)
{
    /// <summary>Reads some of them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">The first one wanted.</param>
    /// <param name="count">Bytes wanted.</param>
    /// <exception cref="InvalidDataException">They are compressed and damaged.</exception>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public byte[] Read(Stream file, long from, int count)
    {
        var bytes = new byte[count];
        file.Position = IsDeflated ? Offset : Offset + from;
        if (!IsDeflated)
        {
            file.ReadExactly(bytes);
            return bytes;
        }
        using var unpacked = new DeflateStream(file, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            Skip(unpacked, from);
            unpacked.ReadExactly(bytes);
            return bytes;
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException("has a compressed part that is damaged. Copy or download the file again.", damaged);
        }
    }

    private static void Skip(DeflateStream stream, long count)
    {
        var rubbish = new byte[(int)Math.Min(count, 1 << 16)];
        while (count > 0)
        {
            var some = rubbish.AsSpan(0, (int)Math.Min(count, rubbish.Length));
            stream.ReadExactly(some);
            count -= some.Length;
        }
    }
}
