using System.Runtime.InteropServices;
using Ipo.ClipScorer.Model;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed class NativeHeapTests
{
    [Fact]
    public void Blocks_are_kept_together_on_glibc_and_only_there()
    {
        var isGlibc = NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "gnu_get_libc_version", out _);
        Assert.Equal(isGlibc, NativeHeap.KeepBlocksTogether());
    }
}
