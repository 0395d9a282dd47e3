using Ipo.ClipScorer.Model;

namespace Ipo.Tests.ClipScorer.Model;

/// <summary>The embedded checkpoint on the CPU, loaded once for all tests that only read it.</summary>
internal static class EmbeddedModel
{
    private static readonly Lazy<ClipModel> Lazy = new(() =>
        ClipModel.Load(Path.Combine(Shared.Repository, "models", "ipo-tiny"), new ClipModelOptions { Device = ClipDevice.Cpu }));

    public static ClipModel Loaded => Lazy.Value;
}
