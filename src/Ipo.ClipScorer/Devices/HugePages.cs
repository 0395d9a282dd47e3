using System.Globalization;
using System.Runtime.InteropServices;

namespace Ipo.ClipScorer.Devices;

/// <summary>
/// Moves this process's large memory to pages of 2 MiB. With pages of 4 KiB the products read each weight
/// through hundreds of entries of the page table, and how long that takes depends on where the pages happen to
/// lie, which under a hypervisor made the same text tower anything up to twice as slow from one start to the
/// next (docs/benchmarks.md has the figures).
/// </summary>
internal static unsafe partial class HugePages
{
    private const nint Size = 2 * 1024 * 1024;
    private const int SmallInHuge = 512;
    private const int MadvCollapse = 25; // MADV_COLLAPSE of mman-common.h, Linux 6.1
    private const string Setting = "/sys/kernel/mm/transparent_hugepage/enabled";

    /// <summary>Moves what is resident in full, so that no memory is added. Takes 2 to 3 ms for each
    /// MiB. Threads may go on meanwhile.</summary>
    /// <returns>Bytes that lie on huge pages now; 0 where the system has none to give (no
    /// Linux, before 6.1, turned off).</returns>
    public static long Collapse() =>
        AreAllowed && Environment.SystemPageSize * SmallInHuge == Size
            ? AnonymousRanges(File.ReadAllLines("/proc/self/maps")).Sum(range => Collapse(range))
            : 0;

    // The call itself would not heed "never".
    private static bool AreAllowed =>
        OperatingSystem.IsLinux() && File.Exists(Setting)
            && !File.ReadAllText(Setting).Contains("[never]", StringComparison.Ordinal);

    /// <summary>The ranges of whole huge pages in private, writable memory without a file behind it.</summary>
    /// <param name="maps">Lines of <c>/proc/PID/maps</c>.</param>
    internal static IEnumerable<MemoryRange> AnonymousRanges(IEnumerable<string> maps) =>
        from line in maps
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields[1] == "rw-p" && (fields.Length == 5 || fields[5] == "[heap]")
        let ends = fields[0].Split('-')
        let range = new MemoryRange((Address(ends[0]) + Size - 1) / Size * Size, Address(ends[1]) / Size * Size)
        where range.End > range.Start
        select range;

    private static long Collapse(MemoryRange range)
    {
        var moved = 0L;
        // What fails is memory that was given back meanwhile, or a system without huge pages: it stays as it is.
        for (var at = range.Start; at < range.End; at += Size)
            if (IsResident(at) && Advise(at, Size, MadvCollapse) == 0) moved += Size;
        return moved;
    }

    private static bool IsResident(nint block)
    {
        var pages = stackalloc byte[SmallInHuge];
        return InCore(block, Size, pages) == 0 && !new ReadOnlySpan<byte>(pages, SmallInHuge).Contains((byte)0);
    }

    private static nint Address(string hexadecimal) => nint.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);

    [LibraryImport("libc", EntryPoint = "mincore")]
    private static partial int InCore(nint start, nint length, byte* pages);

    /// <summary>Addresses from <paramref name="Start"/> up to <paramref name="End"/>, which is not in it.</summary>
    internal readonly record struct MemoryRange(nint Start, nint End);
}
