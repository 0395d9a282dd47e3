using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.Settings;

namespace Ipo.Benchmarks.Rows;

/// <summary>What the scorer does in a run on 16,000 images and 1,000 classes, once.</summary>
internal static class MemoryWork
{
    public static async Task RunAsync(Bench bench)
    {
        var options = new ClipScorerOptions();
        var sets = new ImageSets(new Known(), bench.Model.Facts.EmbeddingDimension, options.ImageSetMemoryMiB * 1024L * 1024);
        var digests = Enumerable.Range(0, 16_000).Select(image => ImageDigest.Of(BitConverter.GetBytes(image))).ToArray();
        var labels = Enumerable.Range(0, digests.Length).Select(image => image % bench.Classes.Count).ToArray();
        var (digest, missing) = await sets.PutAsync(digests, labels, bench.Classes.Count, CancellationToken.None);
        if (missing.Length > 0) throw new InvalidOperationException($"{missing.Length} embeddings are missing.");

        using var folder = new JpegFolder(32);
        using var encoder = new ImageEncoder(bench.Model, bench.Queue, options, bench.Metrics);
        ImageRow.Embed(new MemoryEmbeddings(encoder, options.EmbeddingMemoryMiB * 1024L * 1024, bench.Metrics), folder, bench.Model.Facts.EmbeddingDimension);

        var encoding = new TemplateEncoder(bench.Model, new(bench.Model, bench.Queue, bench.Metrics), bench.Queue, options.TemplateMemoryMiB * 1024L * 1024, bench.Metrics);
        var scoring = new TemplateScoring(bench.Model, encoding, bench.Queue, bench.Threads, options.ScoreMemoryMiB * 1024L * 1024, bench.Metrics);
        foreach (var template in TemplateList.All) await scoring.ScoreAsync(sets.Get(digest), bench.Classes, PromptSet.Of(template.Text), CancellationToken.None);
    }

    /// <summary>Embeddings that are all known, as after a run before.</summary>
    private sealed class Known : IImageEmbeddings
    {
        public Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation)
        {
            UnitVectors.Fill(batch.Matrix, batch.Dimension, seed: 4);
            for (var image = 0; image < batch.Count; image++) batch.Found(image);
            return Task.CompletedTask;
        }
    }
}
