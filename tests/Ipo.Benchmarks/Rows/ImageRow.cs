using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;

namespace Ipo.Benchmarks.Rows;

/// <summary>From a folder of JPEGs to embeddings (read, digest, decode, resize, encode) against the bare tower on cropped images that
/// lie ready.</summary>
internal static class ImageRow
{
    public static void Run(Bench bench) => Run(
        bench.Model, bench.Queue, bench.Metrics, bench.Options.Short ? 32 : 96, bench.Options.Rounds, bench.Table, bench.Where);

    /// <summary>The row of any model.</summary>
    public static void Run(
        EmbeddingModel model, ModelQueue queue, ClipScorerMetrics metrics, int count, int rounds, ResultTable table, string where)
    {
        using var folder = new JpegFolder(count);
        using var encoder = new ImageEncoder(model, queue, new ClipScorerOptions(), metrics);
        var (dimension, bytesPerImage) = (model.Facts.EmbeddingDimension, model.Preprocessor.ValuesPerImage);
        var images = new byte[count * bytesPerImage];
        for (var image = 0; image < count; image++)
            model.Preprocessor.Crop(File.ReadAllBytes(folder.Files[image]), images.AsSpan(image * bytesPerImage, bytesPerImage));
        var bare = new float[count * dimension];
        using var feed = model.NewImageFeed(count);
        float[] whole = [];
        var seconds = Interleaved.Medians(rounds,
            () => whole = Embed(encoder, folder, dimension).Matrix,
            () => feed.Encode(images, count, bare, CancellationToken.None));
        if (!whole.AsSpan().SequenceEqual(bare)) throw new InvalidOperationException("The folder's embeddings are not those of the bare tower: the row measures nothing.");
        var share = seconds[1] / seconds[0];
        table.Add(new($"JPEG folder to embeddings, {count} files of {folder.MeanBytes / 1000:F0} kB", where,
            $"{Words.Number(count / seconds[0])} images/s", $"{Words.Number(count / seconds[1])} images/s, bare tower", Words.Percent(share), "≥ 90 %", share >= 0.9));
    }

    /// <summary>Reads and embeds every file of the folder, as a client and the scorer do together.</summary>
    public static EmbeddingBatch Embed(IImageEmbeddings embeddings, JpegFolder folder, int dimension)
    {
        var contents = folder.Files.Select(file => new ReadOnlyMemory<byte>(File.ReadAllBytes(file))).ToArray();
        var batch = new EmbeddingBatch(dimension, Array.ConvertAll(contents, content => ImageDigest.Of(content.Span)), contents);
        embeddings.EmbedAsync(batch, CancellationToken.None).GetAwaiter().GetResult();
        return batch;
    }
}
