using Ipo.ClipScorer;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Ipo.Tests.ClipScorer;

/// <summary>A card that was chosen and then fails, as one does that this build cannot reach.</summary>
public sealed class CheckpointLoaderTests
{
    private static readonly ExecutionDevice Card = new("cuda", 2, IsHalf: true, null);

    [Fact]
    public void Where_a_card_was_not_insisted_on_the_CPU_takes_over_and_says_why()
    {
        using var loader = Loader(DeviceChoice.Auto);
        using var model = loader.Load(Card);
        Assert.Equal(("cpu", "fp32"), (model.Facts.ExecutionProvider, model.Facts.Precision));
        Assert.StartsWith("CUDA is installed but fails: ", model.FallbackReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_it_was_the_fault_goes_on()
    {
        using var loader = Loader(DeviceChoice.Cuda);
        Assert.True(ExecutionDevice.IsFault(Assert.ThrowsAny<Exception>(() => loader.Load(Card))));
    }

    [Fact]
    public void A_folder_that_is_no_checkpoint_is_refused_on_either()
    {
        using var loader = Loader(DeviceChoice.Auto, "no-such-folder");
        Assert.Contains("no-such-folder is not a folder", Assert.Throws<CheckpointException>(() => loader.Load(Card)).Message, StringComparison.Ordinal);
    }

    private static CheckpointLoader Loader(DeviceChoice device, string? checkpoint = null) => new(
        Options.Create(new ModelOptions { Device = device, Checkpoint = checkpoint ?? Path.Combine(Shared.Repository, "models", "ipo-tiny") }),
        new NoLifetime(), NullLogger<CheckpointLoader>.Instance);

    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new NotSupportedException();
    }
}
