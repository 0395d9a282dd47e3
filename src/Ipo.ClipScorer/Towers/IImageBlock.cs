namespace Ipo.ClipScorer.Towers;

/// <summary>Room for a batch of images where the device reads it fastest, and the run over what is written there. For
/// one caller at a time; blocks of one tower may be written and encoded side by side.</summary>
internal interface IImageBlock : IDisposable
{
    /// <summary>Where images are written: [room, 3, side, side] as
    /// <see cref="Images.ImagePreprocessor.Crop"/> writes each.</summary>
    Span<byte> Images { get; }

    /// <summary>Encodes the first images of the block.</summary>
    /// <param name="count">How many were written.</param>
    /// <param name="features">Receives [count, dimension], projected, not normalised.</param>
    /// <param name="cancellation">Stops the work at once.</param>
    void Encode(int count, Span<float> features, CancellationToken cancellation);
}
