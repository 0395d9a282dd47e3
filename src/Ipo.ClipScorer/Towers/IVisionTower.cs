namespace Ipo.ClipScorer.Towers;

/// <summary>The vision tower. Thread-safe.</summary>
internal interface IVisionTower : IDisposable
{
    /// <summary>A block through which images reach the tower; the caller disposes it before the tower.</summary>
    /// <param name="images">Images it has room for.</param>
    IImageBlock NewBlock(int images);
}
