using Ipo.ClipScorer.Model;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed class ExecutionDeviceTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 16)]
    [InlineData(8, 64)]
    [InlineData(64, 64)]
    public void A_CPU_takes_a_run_for_each_thread_and_images_enough_for_all(int threads, int images)
    {
        var device = ExecutionDevice.Cpu(threads);
        Assert.Equal(threads, device.RunsAtOnce);
        Assert.Equal(images, device.ImagesAtOnce);
        Assert.Equal(1, device.ImageBlocks);
    }

    [Fact]
    public void A_card_takes_one_run_whatever_the_threads()
    {
        var device = new ExecutionDevice("cuda", 16, IsHalf: true, null);
        Assert.Equal(1, device.RunsAtOnce);
        Assert.Equal(64, device.ImagesAtOnce);
        Assert.True(device.UsesCardTowers);
        Assert.Equal(2, device.ImageBlocks);
        Assert.InRange(device.ImagesAtOnce * 257, 1, device.RowsPerRun); // of a ViT-L/14 too
    }

    [Fact]
    public void Without_a_number_it_takes_the_threads_of_the_process() =>
        Assert.Equal(Environment.ProcessorCount, ExecutionDevice.Cpu(0).Threads);
}
