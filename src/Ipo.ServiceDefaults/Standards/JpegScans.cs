using System.Buffers.Binary;

namespace Ipo.ServiceDefaults.Standards;

/// <summary>The scans of a JPEG (ITU T.81, annex B). A progressive one holds the whole picture many times, each time
/// finer, so a decoder makes a picture of any part of the file and calls it a success; the end has to be looked
/// for.</summary>
public static class JpegScans
{
    private const byte Marker = 0xFF, StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA;
    private const byte Temporary = 0x01, FirstRestart = 0xD0, LastRestart = 0xD7;

    /// <summary>Whether a file is a JPEG of several scans, progressive or not, that ends before its end-of-image marker.
    /// In one of a single scan a decoder sees itself which rows are missing.</summary>
    public static bool EndEarly(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith([Marker, StartOfImage])) return false;
        var (at, scans, several) = (2, 0, false);
        while (NextMarker(file, ref at) is { } marker)
        {
            if (marker == EndOfImage) return false;
            if (marker is Temporary or (>= FirstRestart and <= LastRestart)) continue;
            if (at + 2 > file.Length) break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (IsProgressive(marker) || (marker == StartOfScan && ++scans > 1) || (marker == StartOfScan && IsPartial(file, at)))
                several = true;
            at += length;
            if (marker == StartOfScan) SkipScan(file, ref at);
        }
        return several;
    }

    private static bool IsProgressive(byte marker) => marker is 0xC2 or 0xC6 or 0xCA or 0xCE;

    // The first scan of several that hold a component each: it lists one where the frame has three.
    private static bool IsPartial(ReadOnlySpan<byte> file, int scan)
    {
        var at = 2;
        while (NextMarker(file, ref at) is { } marker && marker != StartOfScan && at + 2 <= file.Length)
        {
            if (marker is 0xC0 or 0xC1 && at + 8 <= file.Length && scan + 3 <= file.Length) return file[scan + 2] < file[at + 7];
            at += BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
        }
        return false;
    }

    /// <summary>Moves behind the next marker and gives its second byte; null at the end of the file.</summary>
    private static byte? NextMarker(ReadOnlySpan<byte> file, ref int at)
    {
        while (at < file.Length && file[at] != Marker) at++;
        while (at < file.Length && file[at] == Marker) at++; // any number of fill bytes
        return at < file.Length ? file[at++] : null;
    }

    // To the next marker that is no part of the scan's data: 0xFF00 is a byte of it, and restarts stand in it.
    private static void SkipScan(ReadOnlySpan<byte> file, ref int at)
    {
        for (at = Math.Min(at, file.Length); at < file.Length; at += 2)
        {
            var next = file[at..].IndexOf(Marker);
            if (next < 0 || at + next + 1 >= file.Length) { at = file.Length; return; }
            at += next;
            if (file[at + 1] is Marker) { at--; continue; }
            if (file[at + 1] is not (0 or (>= FirstRestart and <= LastRestart))) return;
        }
    }
}
