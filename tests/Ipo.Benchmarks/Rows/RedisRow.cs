using System.Diagnostics;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Settings;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Ipo.Benchmarks.Rows;

/// <summary>16,000 embeddings from Redis into the matrix that is scored, against the client's bare MGETs of the same values; server
/// and client share the machine.</summary>
internal static class RedisRow
{
    private const int Images = 16_000;
    private const int Dimension = 512;
    private const double Target = 150_000;

    public static async Task RunAsync(BenchmarkOptions options, ResultTable table, ClipScorerMetrics metrics)
    {
        var keys = new EmbeddingKeys("benchmark", "pixels", "fp32");
        var digests = Enumerable.Range(0, Images).Select(image => ImageDigest.Of(BitConverter.GetBytes(image))).ToArray();
        var vectors = UnitVectors.Make(Images, Dimension, seed: 6);
        await foreach (var server in RedisServer.AllAsync())
        {
            await using var _ = server;
            await using var connection = await server.ConnectAsync();
            using var seal = new CacheSeal("a secret that nobody has to guess");
            var stored = new StoredEmbeddings(keys, seal);
            await Fill(connection.GetDatabase(), stored, digests, vectors);
            var outage = new RedisOutage(TimeSpan.Zero, TimeProvider.System, metrics, NullLogger.Instance);
            await using var writer = new RedisWriter(connection, stored, outage, new ClipScorerOptions(), metrics, NullLogger.Instance);
            var embeddings = new RedisEmbeddings(new Nothing(), connection, stored, outage, writer, TimeSpan.FromSeconds(60), metrics, NullLogger.Instance);
            float[] matrix = [];
            // A round takes a tenth of a second, and the first dozens of them compile: both ends are .NET.
            var seconds = Interleaved.Medians(options.Short ? 20 : 80,
                () => matrix = Read(embeddings, digests),
                () => BareAsync(connection.GetDatabase(), keys, digests).GetAwaiter().GetResult());
            if (!matrix.AsSpan().SequenceEqual(vectors)) throw new InvalidOperationException($"What came back from {server.Name} is not what was written.");
            var rate = Images / seconds[0];
            table.Add(new($"{Images:N0} embeddings of {Dimension} into the matrix", server.Name, $"{rate:N0}/s", $"{Images / seconds[1]:N0}/s, bare MGETs",
                Words.Percent(seconds[1] / seconds[0]), $"≥ {Target:N0}/s", rate >= Target));
        }
    }

    private static float[] Read(RedisEmbeddings embeddings, ImageDigest[] digests)
    {
        var batch = new EmbeddingBatch(Dimension, digests);
        embeddings.EmbedAsync(batch, CancellationToken.None).GetAwaiter().GetResult();
        return batch.Matrix;
    }

    private static async Task BareAsync(IDatabase database, EmbeddingKeys keys, ImageDigest[] digests)
    {
        foreach (var window in digests.Chunk(4096))
            await Task.WhenAll(window.GroupBy(EmbeddingKeys.Slot).Select(slot => database.StringGetAsync([.. slot.Select(image => (RedisKey)keys.Key(image))])));
    }

    private static async Task Fill(IDatabase database, StoredEmbeddings stored, ImageDigest[] digests, float[] vectors)
    {
        foreach (var chunk in Enumerable.Range(0, digests.Length).Chunk(512))
            await Task.WhenAll(chunk.Select(image => database.StringSetAsync(stored.Key(digests[image]), stored.Seal(digests[image], vectors.AsSpan(image * Dimension, Dimension)))));
    }

    /// <summary>The stage behind Redis, which must not be needed.</summary>
    private sealed class Nothing : IImageEmbeddings
    {
        public Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation) =>
            throw new UnreachableException($"Redis lacks {batch.Pending().Length} embeddings that were written before.");
    }
}
