using System.Collections.Concurrent;
using Ipo.ClipScorer.Devices;

namespace Ipo.ClipScorer.Towers;

/// <summary>The blocks through which images reach the vision tower. Where there are two, one is written while the
/// device works on the other, and a card need not wait for the host's copies.</summary>
/// <param name="blocks">One, or two on a card; all of one size. They go with the feed.</param>
/// <param name="bytesPerImage">Bytes of an image.</param>
/// <param name="dimension">Numbers of an embedding.</param>
internal sealed class ImageFeed(IReadOnlyList<IImageBlock> blocks, int bytesPerImage, int dimension) : IDisposable
{
    /// <summary>The blocks, for those who write them themselves: each with a thread of its own.</summary>
    public IReadOnlyList<IImageBlock> Blocks => blocks;

    /// <summary>Encodes what was written to a block.</summary>
    /// <param name="block">One of <see cref="Blocks"/>.</param>
    /// <param name="count">Images that were written.</param>
    /// <param name="embeddings">Receives [count, dimension], L2-normalised.</param>
    /// <param name="cancellation">Stops the work at once.</param>
    public void Encode(IImageBlock block, int count, Span<float> embeddings, CancellationToken cancellation)
    {
        block.Encode(count, embeddings, cancellation);
        L2Norm.Scale(embeddings, dimension);
    }

    /// <summary>Encodes images that lie in memory, however many. For one caller at a time.</summary>
    /// <param name="images">[count, 3, side, side] as <see cref="Images.ImagePreprocessor.Crop"/> writes them.</param>
    /// <param name="count">Images.</param>
    /// <param name="embeddings">Receives [count, dimension], L2-normalised.</param>
    /// <param name="cancellation">Stops the work at once.</param>
    public unsafe void Encode(ReadOnlySpan<byte> images, int count, Span<float> embeddings, CancellationToken cancellation)
    {
        var (bytes, values) = ((long)count * bytesPerImage, (long)count * dimension);
        if (images.Length != bytes)
            throw new ArgumentException($"Expected {bytes} bytes for {count} images, found {images.Length}.", nameof(images));
        if (embeddings.Length != values)
            throw new ArgumentException(
                $"Expected room for {count} embeddings of {dimension}, found {embeddings.Length}.", nameof(embeddings));
        var free = new ConcurrentBag<IImageBlock>(blocks);
        fixed (byte* input = images)
        fixed (float* output = embeddings)
        {
            var (source, target) = ((nint)input, (nint)output); // pinned while the batches are read and written
            ParallelRun.Run(ImageRun.Of(count, blocks[0].Images.Length / bytesPerImage, atOnce: 1), blocks.Count, batch =>
            {
                // Never more batches at once than blocks.
                if (!free.TryTake(out var block)) throw new InvalidOperationException("Every block is taken.");
                try
                {
                    Of<byte>(source, batch, bytesPerImage).CopyTo(block.Images);
                    Encode(block, batch.Count, Of<float>(target, batch, dimension), cancellation);
                }
                finally { free.Add(block); }
            }, cancellation);
        }
    }

    public void Dispose()
    {
        foreach (var block in blocks) block.Dispose();
    }

    private static unsafe Span<T> Of<T>(nint first, ImageRun batch, int row) where T : unmanaged =>
        new((T*)first + (long)batch.First * row, batch.Count * row);
}
