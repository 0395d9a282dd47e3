using Ipo.Benchmarks.Baselines;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.Benchmarks.Rows;

/// <summary>Scoring 16,000 images on 1,000 classes (products, arg-max, log-sum-exp, loss) against the bare product: our own tiles
/// without the rest, and ONNX Runtime's Gemm, whichever is faster.</summary>
internal static class ScoringRow
{
    private const int Images = 16_000;
    private const int Classes = 1_000;
    private const int Dimension = 512;

    public static void Run(BenchmarkOptions options, ResultTable table, int threads)
    {
        var set = Set(Images, Classes);
        var embeddings = UnitVectors.Make(Classes, Dimension, seed: 5);
        var classes = ClassMatrix.Pack(embeddings, Classes, Dimension);
        using var runtime = new RuntimeProduct(set.Embeddings, embeddings, Dimension, threads);
        var seconds = Interleaved.Medians(options.Rounds + 2,
            () => TemplateScorer.Score<RowSoftmax>(set, classes, new(100, 0), threads, CancellationToken.None),
            () => BareTiles(set, classes, threads),
            runtime.Run);
        var bare = Math.Min(seconds[1], seconds[2]);
        table.Add(new($"scoring {Images:N0} × {Classes:N0} × {Dimension}", Words.Threads(threads), Words.Milliseconds(seconds[0]),
            $"{Words.Milliseconds(seconds[1])} own tiles, {Words.Milliseconds(seconds[2])} ONNX Runtime", Words.Times(seconds[0] / bare), "≤ 1.3×", seconds[0] <= 1.3 * bare));
    }

    /// <summary>Random images, labels going round the classes.</summary>
    public static ImageSet Set(int images, int classes) =>
        new("benchmark", UnitVectors.Make(images, Dimension, seed: 4), Dimension, [.. Enumerable.Range(0, images).Select(image => image % classes)], classes);

    // The same blocks as the scorer's, packing included, since the product is not to be had without it.
    private static void BareTiles(ImageSet set, ClassMatrix classes, int threads)
    {
        const int block = 8 * ProductTile.Rows;
        Parallel.For(0, (set.Count + block - 1) / block, new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new BlockedProduct(block, set.Dimension, classes.Count),
            (index, _, product) =>
            {
                var (first, count) = (index * block, Math.Min(block, set.Count - index * block));
                product.Load(set.Embeddings.AsSpan(first * set.Dimension, count * set.Dimension), count);
                for (var chunk = 0; chunk < classes.Count; chunk += BlockedProduct.ChunkClasses) product.Multiply(count, classes, chunk);
                return product;
            },
            product => product.Dispose());
    }
}
