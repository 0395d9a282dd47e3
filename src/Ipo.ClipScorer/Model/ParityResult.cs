namespace Ipo.ClipScorer.Model;

/// <summary>How far the loaded towers are from a reference, measured at start-up.</summary>
/// <param name="Against">"reference.json" (embeddings that stand in the checkpoint's folder) or "cpu"
/// (the towers in fp32 on the CPU).</param>
/// <param name="LargestError">The largest absolute difference of one component of an L2-normalised embedding.</param>
internal sealed record ParityResult(string Against, double LargestError);
