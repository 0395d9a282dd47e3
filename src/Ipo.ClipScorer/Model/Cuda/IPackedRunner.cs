namespace Ipo.ClipScorer.Model.Cuda;

/// <summary>Runs <see cref="CudaTextGraph"/>, for one caller at a time.</summary>
internal interface IPackedRunner : IDisposable
{
    /// <summary>Where the inputs of a run are written (<see cref="PackedTexts.Write"/>).</summary>
    Span<int> Inputs(PackedTexts packed);

    /// <summary>Runs what was written.</summary>
    /// <returns>[Texts, dimension], projected, not normalised; until the next call.</returns>
    ReadOnlySpan<float> Run(PackedTexts packed, CancellationToken ct);
}
