using Ipo.ClipScorer.Model;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed class ClipModelOptionsTests
{
    [Fact]
    public void The_defaults_are_right() => Assert.True(new ClipModelOptions.Validation().Validate(null, new()).Succeeded);

    [Theory]
    [InlineData("Ipo:ClipScorer:Device is 7")]
    [InlineData("Ipo:ClipScorer:Threads is -1")]
    [InlineData("Ipo:ClipScorer:Images:MaxBytes is 0")]
    [InlineData("Ipo:ClipScorer:Images:MaxSide is 65536")]
    [InlineData("Ipo:ClipScorer:Images:MaxPixels is 500000001")]
    public void Names_every_setting_out_of_range(string problem)
    {
        var wrong = new ClipModelOptions { Device = (ClipDevice)7, Threads = -1, Images = new() { MaxBytes = 0, MaxSide = 65_536, MaxPixels = 500_000_001 } };
        Assert.Contains(new ClipModelOptions.Validation().Validate(null, wrong).Failures!, failure => failure.StartsWith(problem, StringComparison.Ordinal));
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => ClipModel.Load("any", wrong)).Message, StringComparison.Ordinal);
    }

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
        var error = Assert.Throws<CheckpointException>(() => ExecutionDevice.Choose(new() { Device = ClipDevice.Cuda }));
        Assert.Contains("Ipo:ClipScorer:Device is Cuda, but CUDA does not work here", error.Message, StringComparison.Ordinal);
        Assert.Contains("set Ipo:ClipScorer:Device to Auto or Cpu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cpu_asked_for_needs_no_reason() => Assert.Null(ExecutionDevice.Choose(new() { Device = ClipDevice.Cpu }).FallbackReason);
}
