using System.Buffers.Binary;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Counts a zip's entries before .NET makes an object of each: of a file of a gigabyte there can be twenty million, and
/// the number that a zip states of itself is the word of a stranger (APPNOTE 4.3.12 to 4.3.16).</summary>
internal static class ZipDirectory
{
    private const uint Entry = 0x02014b50, End = 0x06054b50, End64 = 0x06064b50, Locator64 = 0x07064b50;
    private const int EntryBytes = 46, EndBytes = 22, Locator64Bytes = 20, LongestComment = 65_535;

    /// <summary>Whether there are more than so many. Of what is no zip there are none: whoever reads it says so.</summary>
    public static bool HasMoreThan(int most, Stream zip)
    {
        if (Begin(zip) is not { } begin || begin < 0 || begin > zip.Length) return false;
        zip.Position = begin;
        Span<byte> head = stackalloc byte[EntryBytes];
        for (var count = 0; zip.ReadAtLeast(head, EntryBytes, throwOnEndOfStream: false) == EntryBytes; count++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(head) != Entry) return false;
            if (count == most) return true;
            // Name, extra field and comment.
            var rest = BinaryPrimitives.ReadUInt16LittleEndian(head[28..]) + BinaryPrimitives.ReadUInt16LittleEndian(head[30..])
                + BinaryPrimitives.ReadUInt16LittleEndian(head[32..]);
            zip.Seek(rest, SeekOrigin.Current);
        }
        return false;
    }

    // Where the list of entries begins; null if the file is no zip.
    private static long? Begin(Stream zip)
    {
        var tail = new byte[Math.Min(zip.Length, EndBytes + LongestComment)];
        zip.Position = zip.Length - tail.Length;
        zip.ReadExactly(tail);
        var at = LastIndexOf(tail, End);
        if (at < 0 || at + EndBytes > tail.Length) return null;
        var begin = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
        var locator = at - Locator64Bytes;
        if (locator < 0 || BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(locator)) != Locator64) return begin;
        Span<byte> end64 = stackalloc byte[56];
        zip.Position = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(locator + 8)), 0, zip.Length);
        return zip.ReadAtLeast(end64, end64.Length, throwOnEndOfStream: false) == end64.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(end64) == End64
            && begin == uint.MaxValue ? BinaryPrimitives.ReadInt64LittleEndian(end64[48..]) : begin;
    }

    private static int LastIndexOf(ReadOnlySpan<byte> bytes, uint signature)
    {
        Span<byte> sought = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(sought, signature);
        return bytes.LastIndexOf(sought);
    }
}
