using System.Diagnostics.Metrics;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Settings;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Ipo.Benchmarks.Rows;

/// <summary>A second run on the same dataset, by a replica whose own memory is empty: how many images go through the tower. None should.</summary>
internal static class WarmRow
{
    private const string Counter = "ipo.clip_scorer.images.encoded";

    public static async Task RunAsync(Bench bench)
    {
        using var folder = new JpegFolder(bench.Options.Short ? 16 : 48);
        await foreach (var server in RedisServer.AllAsync())
        {
            await using var _ = server;
            await using var connection = await server.ConnectAsync();
            var (first, cold) = await ReplicaAsync(bench, connection, folder);
            var (second, warm) = await ReplicaAsync(bench, connection, folder);
            if (!first.AsSpan().SequenceEqual(second)) throw new InvalidOperationException("The second run's embeddings differ from the first one's.");
            bench.Table.Add(new($"second run on {folder.Files.Count} images", $"{bench.Where}, {server.Name}", $"{warm} images encoded", $"{cold} in the first run", "equal bits", "0", warm == 0));
        }
    }

    private static async Task<(float[] Matrix, long Encoded)> ReplicaAsync(Bench bench, ConnectionMultiplexer connection, JpegFolder folder)
    {
        var encoded = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, recorder) => { if (instrument.Name == Counter && instrument.Meter.Scope == bench.Meters) recorder.EnableMeasurementEvents(instrument); };
        listener.SetMeasurementEventCallback<long>((_, images, _, _) => Interlocked.Add(ref encoded, images));
        listener.Start();
        var (model, metrics, options) = (bench.Model, bench.Metrics, new ClipScorerOptions());
        using var seal = new CacheSeal("a secret that nobody has to guess");
        var stored = new StoredEmbeddings(new(model.Facts.Digest, model.Preprocessor.Version, model.TowersVersion), seal);
        var outage = new RedisOutage(TimeSpan.Zero, TimeProvider.System, metrics, NullLogger.Instance);
        using var encoder = new ImageEncoder(model, bench.Queue, options, metrics);
        await using var writer = new RedisWriter(connection, stored, outage, options, metrics, NullLogger.Instance); // disposing it writes what waits
        var embeddings = new MemoryEmbeddings(new RedisEmbeddings(encoder, connection, stored, outage, writer, TimeSpan.FromSeconds(60), metrics, NullLogger.Instance), 64 << 20, metrics);
        var matrix = ImageRow.Embed(embeddings, folder, model.Facts.EmbeddingDimension).Matrix;
        return (matrix, encoded);
    }
}
