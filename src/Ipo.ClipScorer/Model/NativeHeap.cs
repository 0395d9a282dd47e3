using System.Runtime.InteropServices;

namespace Ipo.ClipScorer.Model;

/// <summary>Where the C library puts large blocks.</summary>
internal static unsafe class NativeHeap
{
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD of malloc.h
    private const int Largest = 32 * 1024 * 1024;

    private static readonly bool Together = SetThreshold();

    /// <summary>Makes glibc take blocks of up to 32 MiB from its heap, not each from a mapping of its own, as it does by itself only after the
    /// first large blocks were freed. Mappings all begin at the same place of a page, so the weights and activations that a product
    /// reads and writes together get into each other's way in the processor's caches (docs/benchmarks.md has the figure).</summary>
    /// <returns>Whether it was done; no on other C libraries.</returns>
    public static bool KeepBlocksTogether() => Together;

    private static bool SetThreshold() =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallopt", out var mallopt) && ((delegate* unmanaged<int, int, int>)mallopt)(MmapThreshold, Largest) == 1;
}
