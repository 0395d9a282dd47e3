using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Facts;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>The checkpoint whose figures stand beside the paper's.</summary>
/// <param name="Facts">What decides its scores.</param>
/// <param name="Details">What it said of itself besides.</param>
internal sealed record Checkpoint(ModelFacts Facts, ModelDetails Details)
{
    /// <summary>Whether it is the paper's, as far as its name and sizes tell.</summary>
    public bool IsPapers => PaperCheckpoint.Is(Facts.Name, Details.EmbeddingDimension, Details.ImageSize);

    /// <summary>What a reader must know of its figures, as one sentence.</summary>
    public string Note => PaperCheckpoint.Note(Facts.Name, Details.EmbeddingDimension, Details.ImageSize);
}
