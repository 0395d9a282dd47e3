using Ipo.ClipScorer.Model;

namespace Ipo.Tests.ClipScorer.Model;

/// <summary>The embedded checkpoint on the CPU, loaded once for all tests that only read it.</summary>
internal static class EmbeddedModel
{
    private static readonly string Folder = Path.Combine(Shared.Repository, "models", "ipo-tiny");

    private static readonly Lazy<ClipModel> Lazy = new(() => ClipModel.Load(Folder, new ClipModelOptions { Device = ClipDevice.Cpu }));

    private static readonly Lazy<ClipModel> LazyPacking = new(
        () => ClipModel.LoadTowers(Folder, ExecutionDevice.Cpu(0) with { UsesCardTowers = true, RowsPerRun = 4_096 }));

    public static ClipModel Loaded => Lazy.Value;

    /// <summary>The same with the towers of a card.</summary>
    public static ClipModel Packing => LazyPacking.Value;
}
