using System.Buffers;

namespace Ipo.ClipScorer.ZeroShot;

/// <summary>The cosines of some images with some classes, in one thread. It owns the two buffers that one thread needs,
/// so that they stay in its cache from block to block.</summary>
internal sealed class BlockedProduct : IDisposable
{
    /// <summary>Most classes in one chunk: a block of 96 images then takes 384 KiB of products, which
    /// with the packed images stays in a second-level cache. It fixes the order of summation, so changing
    /// it changes last bits of losses.</summary>
    public const int ChunkClasses = 1024;

    private readonly int _dimension;
    private readonly int _maxTiles;
    private readonly float[] _packed;
    private readonly float[] _products;

    /// <param name="maxImages">Most images in a block.</param>
    /// <param name="dimension">Length of an embedding.</param>
    /// <param name="classes">Number of classes.</param>
    public BlockedProduct(int maxImages, int dimension, int classes)
    {
        _dimension = dimension;
        _maxTiles = (maxImages + ProductTile.Rows - 1) / ProductTile.Rows;
        Stride = Math.Min(ChunkClasses, (classes + ClassMatrix.PanelWidth - 1) / ClassMatrix.PanelWidth * ClassMatrix.PanelWidth);
        _packed = ArrayPool<float>.Shared.Rent(_maxTiles * ProductTile.Rows * _dimension);
        _products = ArrayPool<float>.Shared.Rent(_maxTiles * ProductTile.Rows * Stride);
    }

    /// <summary>Floats from one image's products to the next one's: the classes of a
    /// chunk, filled up to whole panels.</summary>
    public int Stride { get; }

    /// <summary>Takes the images of the next block: [count, dimension], row after row.</summary>
    public void Load(ReadOnlySpan<float> images, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _maxTiles * ProductTile.Rows);
        for (var tile = 0; tile * ProductTile.Rows < count; tile++)
        {
            var target = _packed.AsSpan(tile * ProductTile.Rows * _dimension, ProductTile.Rows * _dimension);
            var rows = Math.Min(ProductTile.Rows, count - tile * ProductTile.Rows);
            if (rows < ProductTile.Rows) target.Clear();
            for (var row = 0; row < rows; row++)
            {
                var source = images.Slice((tile * ProductTile.Rows + row) * _dimension, _dimension);
                for (var d = 0; d < source.Length; d++) target[d * ProductTile.Rows + row] = source[d];
            }
        }
    }

    /// <summary>Multiplies the loaded images with one chunk of the classes.</summary>
    /// <param name="count">Images loaded.</param>
    /// <param name="classes">All classes.</param>
    /// <param name="first">Index of the chunk's first class, a multiple of <see cref="ChunkClasses"/>.</param>
    public void Multiply(int count, ClassMatrix classes, int first)
    {
        var width = Math.Min(ChunkClasses, classes.Count - first);
        for (var c = 0; c < width; c += ClassMatrix.PanelWidth)
        {
            var panel = classes.Panel((first + c) / ClassMatrix.PanelWidth);
            for (var row = 0; row < count; row += ProductTile.Rows)
                ProductTile.Multiply(_packed.AsSpan(row * _dimension, ProductTile.Rows * _dimension), panel,
                    _products.AsSpan(row * Stride + c), Stride);
        }
        // What fills up the last panel must never be the nearest class nor add to a sum.
        var filled = (width + ClassMatrix.PanelWidth - 1) / ClassMatrix.PanelWidth * ClassMatrix.PanelWidth;
        for (var row = 0; row < count && filled > width; row++)
            _products.AsSpan(row * Stride + width, filled - width).Fill(float.NegativeInfinity);
    }

    /// <summary>The products of one loaded image with the last chunk, filled up with
    /// negative infinity to whole panels.</summary>
    public ReadOnlySpan<float> Row(int image, ClassMatrix classes, int first)
    {
        var width = Math.Min(ChunkClasses, classes.Count - first);
        return _products.AsSpan(image * Stride, (width + ClassMatrix.PanelWidth - 1) / ClassMatrix.PanelWidth * ClassMatrix.PanelWidth);
    }

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_packed);
        ArrayPool<float>.Shared.Return(_products);
    }
}
