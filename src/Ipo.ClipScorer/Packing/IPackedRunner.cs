namespace Ipo.ClipScorer.Packing;

/// <summary>Runs a graph of packed texts, for one caller at a time.</summary>
internal interface IPackedRunner : IDisposable
{
    /// <summary>Where the inputs of a run are written (<see cref="PackedShape.Write"/>).</summary>
    Span<int> Inputs(PackedShape shape);

    /// <summary>Runs what was written. On a card a run that is cancelled goes on
    /// to its end, some milliseconds.</summary>
    /// <returns>[Texts, dimension], projected, not normalised; until the next call.</returns>
    ReadOnlySpan<float> Run(PackedShape shape, CancellationToken cancellation);
}
