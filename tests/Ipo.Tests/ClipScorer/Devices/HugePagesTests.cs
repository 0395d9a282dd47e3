using System.Security.Cryptography;
using Ipo.ClipScorer.Devices;
using Xunit;

namespace Ipo.Tests.ClipScorer.Devices;

public sealed class HugePagesTests
{
    [Fact]
    public void Takes_whole_huge_pages_of_private_memory_alone()
    {
        string[] maps =
        [
            "5580000ff000-558001200000 rw-p 00000000 00:00 0                          [heap]",
            "7f0000000000-7f0000600000 rw-p 00000000 00:00 0 ",
            "7f0001000000-7f0001200000 rw-p 00000000 fe:00 123                        /usr/lib/some.so",
            "7f0002000000-7f0002200000 r--p 00000000 00:00 0 ",
            "7f0003000000-7f0003200000 rw-s 00000000 00:00 0 ",
            "7f0004001000-7f0004200000 rw-p 00000000 00:00 0 ",
            "7ffc00000000-7ffc00800000 rw-p 00000000 00:00 0                          [stack]",
        ];
        Assert.Equal(
            [(0x558000200000, 0x558001200000), (0x7f0000000000, 0x7f0000600000)],
            HugePages.AnonymousRanges(maps).Select(range => ((long)range.Start, (long)range.End)));
    }

    [Fact]
    public void Moves_what_is_resident_and_changes_nothing_in_it()
    {
        const int Bytes = 32 * 1024 * 1024;
        var content = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
        new Random(1).NextBytes(content);
        var before = SHA256.HashData(content);
        var moved = HugePages.Collapse();
        Assert.Equal(before, SHA256.HashData(content));
        Assert.Equal(0, moved % (2 * 1024 * 1024));
        TestContext.Current.TestOutputHelper?.WriteLine($"{moved >> 20} MiB");
        if (HasHugePages()) Assert.True(moved >= Bytes / 2, $"{moved} bytes were moved");
    }

    private static bool HasHugePages() => OperatingSystem.IsLinux() && Environment.OSVersion.Version >= new Version(6, 1)
        && File.Exists("/sys/kernel/mm/transparent_hugepage/enabled") && !File.ReadAllText("/sys/kernel/mm/transparent_hugepage/enabled").Contains("[never]", StringComparison.Ordinal);
}
