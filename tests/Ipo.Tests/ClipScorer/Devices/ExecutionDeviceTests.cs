using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Settings;
using Xunit;

namespace Ipo.Tests.ClipScorer.Devices;

public sealed class ExecutionDeviceTests
{
    [Fact]
    public void Auto_falls_back_to_the_cpu_and_says_why()
    {
        var device = ExecutionDevice.Choose(new());
        Assert.SkipWhen(device.IsCuda, "This machine has CUDA.");
        Assert.Equal("cpu", device.Provider);
        Assert.Contains("CUDA", device.FallbackReason, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessorCount, device.Threads);
    }

    [Fact]
    public void Cuda_asked_for_and_missing_is_an_error_that_says_how_to_mend_it()
    {
        Assert.SkipWhen(ExecutionDevice.Choose(new()).IsCuda, "This machine has CUDA.");
        var error = Assert.Throws<CheckpointException>(() => ExecutionDevice.Choose(new() { Device = DeviceChoice.Cuda }));
        Assert.Contains("Ipo:ClipScorer:Device is Cuda, but CUDA does not work here", error.Message, StringComparison.Ordinal);
        Assert.Contains("set Ipo:ClipScorer:Device to Auto or Cpu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cpu_asked_for_needs_no_reason() => Assert.Null(ExecutionDevice.Choose(new() { Device = DeviceChoice.Cpu }).FallbackReason);

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
        Assert.True(device.UsesGpuTowers);
        Assert.Equal(2, device.ImageBlocks);
        Assert.InRange(device.ImagesAtOnce * 257, 1, device.RowsPerRun); // of a ViT-L/14 too
    }

    [Fact]
    public void Without_a_number_it_takes_the_threads_of_the_process() =>
        Assert.Equal(Environment.ProcessorCount, ExecutionDevice.Cpu(0).Threads);
}
