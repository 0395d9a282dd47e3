using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;

namespace Ipo.Tests.ClipScorer.Model;

/// <summary>The embedded checkpoint on the CPU, loaded once for all tests that only read it.</summary>
internal static class EmbeddedModel
{
    private static readonly string Folder = Path.Combine(Shared.Repository, "models", "ipo-tiny");

    private static readonly Lazy<EmbeddingModel> Lazy = new(() => EmbeddingModel.Load(Folder, new ModelOptions { Device = DeviceChoice.Cpu }));

    private static readonly Lazy<EmbeddingModel> LazyPacking = new(
        () => EmbeddingModel.LoadTowers(Folder, ExecutionDevice.Cpu(0) with { UsesGpuTowers = true, RowsPerRun = 4_096 }));

    public static EmbeddingModel Loaded => Lazy.Value;

    /// <summary>The same with the towers of a card.</summary>
    public static EmbeddingModel Packing => LazyPacking.Value;
}
