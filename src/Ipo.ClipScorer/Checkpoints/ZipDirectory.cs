using System.Buffers.Binary;
using System.Text;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>A file in a zip archive.</summary>
/// <param name="Name">Its name, folders included.</param>
/// <param name="Offset">Where its bytes begin in the archive.</param>
/// <param name="Stored">Bytes it takes there.</param>
/// <param name="Size">Bytes it has.</param>
/// <param name="IsDeflated">Whether it is compressed.</param>
internal sealed record ZipEntry(string Name, long Offset, long Stored, long Size, bool IsDeflated);

/// <summary>
/// Where the files of a zip archive stand (PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.3), which .NET's ZipArchive does not
/// say: ONNX Runtime reads weights from the archive itself. What is read is checked against the archive's length.
/// </summary>
internal static class ZipDirectory
{
    private const uint LocalHeader = 0x04034B50;
    private const uint CentralHeader = 0x02014B50;
    private const uint End = 0x06054B50;
    private const uint End64 = 0x06064B50;
    private const uint Locator64 = 0x07064B50;
    private const int LocalHeaderLength = 30;
    private const int CentralHeaderLength = 46;
    private const int EndLength = 22;
    private const int End64Length = 56;
    private const int Locator64Length = 20;
    private const int LongestComment = ushort.MaxValue;

    // A model of thousands of tensors has one of some hundred thousand bytes.
    private const int LongestDirectory = 16 << 20;

    // Weights hardly compress; zeros do, a thousandfold.
    private const int MostExpansion = 8;

    /// <summary>Whether a file begins as a zip archive does.</summary>
    public static bool IsAt(Stream file) => file.Length >= 4 && Word(Bytes(file, 0, 4), 0) == LocalHeader;

    /// <exception cref="InvalidDataException">It is no whole zip archive, or packed in a way that is not read.</exception>
    public static List<ZipEntry> Read(Stream file)
    {
        var (count, start, length) = Directory(file);
        if (length > LongestDirectory || start < 0 || length < 0 || start > file.Length - length)
            throw Damaged($"its directory would have {length} bytes from byte {start} on");
        var directory = Bytes(file, start, (int)length);
        var entries = new List<ZipEntry>();
        for (var at = 0; entries.Count < count;)
        {
            if (at > directory.Length - CentralHeaderLength || Word(directory, at) != CentralHeader)
                throw Damaged("its directory is cut short");
            var next = at + CentralHeaderLength + Half(directory, at + 28) + Half(directory, at + 30) + Half(directory, at + 32);
            if (next > directory.Length) throw Damaged("its directory is cut short");
            entries.Add(Entry(file, directory.AsSpan(at, next - at), start));
            at = next;
        }
        if (entries.Sum(entry => (double)entry.Size) > (double)MostExpansion * file.Length)
            throw new InvalidDataException(
                $"would unpack to more than {MostExpansion} times its {file.Length} bytes. "
                + "Save it again; torch.save does not compress.");
        return entries;
    }

    private static (long Count, long Start, long Length) Directory(Stream file)
    {
        var tailStart = Math.Max(0, file.Length - EndLength - LongestComment);
        var tail = Bytes(file, tailStart, (int)(file.Length - tailStart));
        var at = tail.Length - EndLength;
        while (at >= 0 && (Word(tail, at) != End || at + EndLength + Half(tail, at + 20) != tail.Length)) at--;
        if (at < 0) throw Damaged("its end is missing");
        if (at < Locator64Length || Word(tail, at - Locator64Length) != Locator64)
            return (Half(tail, at + 10), Word(tail, at + 16), Word(tail, at + 12));
        var where = Long(tail, at - Locator64Length + 8);
        if (where < 0 || where > file.Length - End64Length) throw Damaged("its end is missing");
        var end = Bytes(file, where, End64Length);
        return Word(end, 0) == End64 ? (Long(end, 32), Long(end, 48), Long(end, 40)) : throw Damaged("its end is missing");
    }

    private static ZipEntry Entry(Stream file, ReadOnlySpan<byte> header, long directoryStart)
    {
        var (flags, method, nameLength) = (Half(header, 8), Half(header, 10), Half(header, 28));
        var name = Encoding.UTF8.GetString(header.Slice(CentralHeaderLength, nameLength));
        if ((flags & 1) != 0 || method is not (0 or 8))
            throw new InvalidDataException($"has a part that is encrypted or packed by method {method}. Save it again with torch.save.");
        var wide = new WideNumbers(header.Slice(CentralHeaderLength + nameLength, Half(header, 30)));
        var size = wide.Or(Word(header, 24));
        var stored = wide.Or(Word(header, 20));
        var local = wide.Or(Word(header, 42));
        if (size < 0 || stored < 0 || local < 0 || local > directoryStart - LocalHeaderLength || (method == 0 && size != stored))
            throw Damaged("a part stands where it cannot");
        var start = Bytes(file, local, LocalHeaderLength);
        var offset = local + LocalHeaderLength + Half(start, 26) + Half(start, 28);
        return Word(start, 0) == LocalHeader && stored <= directoryStart - offset
            ? new(name, offset, stored, size, method == 8)
            : throw Damaged("a part stands where it cannot");
    }

    private static InvalidDataException Damaged(string what) =>
        new($"is cut short or damaged: as a zip archive, {what}. Copy or download the file again.");

    private static byte[] Bytes(Stream file, long at, int count)
    {
        var bytes = new byte[count];
        file.Position = at;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static ushort Half(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    /// <summary>The numbers of an entry that do not fit 32 bits, in the order in which they stand in its extra field.</summary>
    private ref struct WideNumbers
    {
        private const ushort Zip64 = 1;

        private ReadOnlySpan<byte> _rest;

        public WideNumbers(ReadOnlySpan<byte> extra)
        {
            while (extra.Length >= 4 && Half(extra, 2) <= extra.Length - 4)
            {
                var field = extra.Slice(4, Half(extra, 2));
                if (Half(extra, 0) == Zip64) _rest = field;
                extra = extra[(4 + field.Length)..];
            }
        }

        public long Or(uint narrow)
        {
            if (narrow != uint.MaxValue) return narrow;
            if (_rest.Length < 8) throw Damaged("a part states no length");
            var number = Long(_rest, 0);
            _rest = _rest[8..];
            return number;
        }
    }
}
