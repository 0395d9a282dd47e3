using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Ipo.Fuzz;

/// <summary>The branches that instrumented code takes, as AFL counts them: pairs of places, by how often, in eight classes.</summary>
internal static unsafe class Coverage
{
    private const int Places = 1 << 16;

    private static readonly byte[] ClassOf = [.. Enumerable.Range(0, 256).Select(count => (byte)(count switch
    {
        0 => 0, 1 => 1, 2 => 2, 3 => 4, <= 7 => 8, <= 15 => 16, <= 31 => 32, <= 127 => 64, _ => 128,
    }))];

    /// <summary>Gives instrumented code its table; before any of it runs.</summary>
    public static void Begin() => Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Places);

    /// <summary>An empty record of what was seen.</summary>
    public static byte[] Nothing() => new byte[Places];

    public static void Reset()
    {
        new Span<byte>(Trace.SharedMem, Places).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what was counted since the last reset to what was seen.</summary>
    /// <returns>How many branches were not seen before, and whether one of the others came in a new class of counts.</returns>
    public static (int Branches, bool IsNew) AddTo(byte[] seen)
    {
        var counts = new ReadOnlySpan<ulong>(Trace.SharedMem, Places / sizeof(ulong));
        var (branches, isNew) = (0, false);
        for (var word = 0; word < counts.Length; word++)
        {
            if (counts[word] == 0) continue;
            for (var at = word * sizeof(ulong); at < (word + 1) * sizeof(ulong); at++)
            {
                var times = ClassOf[Trace.SharedMem[at]];
                if ((times & ~seen[at]) == 0) continue;
                if (seen[at] == 0) branches++;
                seen[at] |= times;
                isNew = true;
            }
        }
        return (branches, isNew);
    }
}
