using System.Diagnostics;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Settings;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

public sealed class RedisEmbeddingsTests(ITestOutputHelper output)
{
    private const int Dimension = 512;
    private static readonly CancellationToken None = CancellationToken.None;
    // Longer than any machine under test is busy.
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);
    private static readonly EmbeddingKeys Keys = new("checkpoint", "pixels-1", "fp32");
    private static readonly CacheSeal Seal = new("the secret of this installation, for tests");

    [Fact]
    public async Task What_was_encoded_is_found_by_another_replica_to_the_bit()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var images = Images(2500);
        var first = new Replica(connection);
        var encoded = new EmbeddingBatch(Dimension, images);
        await first.Embeddings.EmbedAsync(encoded, None);
        await redis.HoldsAsync(images.Length);
        await first.Writer.DisposeAsync();

        var second = new Replica(connection);
        var found = new EmbeddingBatch(Dimension, images);
        await second.Embeddings.EmbedAsync(found, None);
        Assert.Empty(second.Inner.Asked);
        Assert.Equal(encoded.Matrix, found.Matrix);
        Assert.All(Enumerable.Range(0, images.Length), image => Assert.Equal(EmbeddingOutcome.Cached, found.Outcome(image)));
        Assert.InRange((await connection.GetDatabase().KeyTimeToLiveAsync(Keys.Key(images[0])))!.Value, TimeSpan.FromDays(29), TimeSpan.FromDays(30));
        await second.Writer.DisposeAsync();
    }

    [Fact]
    public async Task A_damaged_value_is_a_miss_and_is_written_anew()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var images = Images(3);
        await connection.GetDatabase().StringSetAsync(Keys.Key(images[0]), new byte[12]);
        await connection.GetDatabase().StringSetAsync(Keys.Key(images[1]), new byte[(Dimension * 4) + CacheSeal.Overhead]);
        using var log = new KeptLog();
        var replica = new Replica(connection, log: log);
        var batch = new EmbeddingBatch(Dimension, images);
        await replica.Embeddings.EmbedAsync(batch, None);
        Assert.Equal([[0, 1, 2]], replica.Inner.Asked);
        foreach (var image in images)
        {
            var right = EmbeddingBytes.Of(MemoryEmbeddingsTests.CountingEmbeddings.Numbers(image, Dimension));
            byte[]? opened = null;
            while (opened is null || !opened.SequenceEqual(right))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
                var stored = (byte[]?)await connection.GetDatabase().StringGetAsync(Keys.Key(image));
                opened = Seal.Open(Keys.Key(image), stored);
            }
        }
        await replica.Writer.DisposeAsync();
    }

    [Fact]
    public async Task A_value_of_another_type_is_a_miss_and_its_neighbours_are_found()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var images = Images(5);
        var first = new Replica(connection);
        await first.Embeddings.EmbedAsync(new(Dimension, images), None);
        await redis.HoldsAsync(images.Length);
        await first.Writer.DisposeAsync();
        await connection.GetDatabase().KeyDeleteAsync(Keys.Key(images[2]));
        await connection.GetDatabase().ListLeftPushAsync(Keys.Key(images[2]), "a list");

        var second = new Replica(connection);
        await second.Embeddings.EmbedAsync(new(Dimension, images), None);
        Assert.Equal([[2]], second.Inner.Asked);
        await second.Writer.DisposeAsync();
    }

    [Fact]
    public async Task A_Redis_that_refuses_to_write_is_still_read()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var images = Images(5);
        using var log = new KeptLog();
        var replica = new Replica(connection, log: log);
        await replica.Embeddings.EmbedAsync(new(Dimension, images[..3]), None);
        await redis.HoldsAsync(3);
        await connection.GetServer(redis.ConnectionString).ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        await replica.Embeddings.EmbedAsync(new(Dimension, images), None);
        await replica.Writer.DisposeAsync(); // its writes are refused: out of memory
        var again = new EmbeddingBatch(Dimension, images);
        await replica.Embeddings.EmbedAsync(again, None);
        Assert.Equal([[0, 1, 2], [3, 4], [3, 4]], replica.Inner.Asked);
        Assert.Equal(EmbeddingOutcome.Cached, again.Outcome(0));
        Assert.Contains("OOM", Assert.Single(log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_encoded_for_a_caller_that_has_gone_is_written()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var replica = new Replica(connection);
        replica.Inner.GoesAfter = 2;
        await Assert.ThrowsAsync<OperationCanceledException>(() => replica.Embeddings.EmbedAsync(new(Dimension, Images(5)), None));
        await redis.HoldsAsync(2);
        await replica.Writer.DisposeAsync();
    }

    [Fact]
    public async Task A_killed_Redis_is_a_miss_at_once_and_its_return_is_noticed()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { redis.ConnectionString }, AbortOnConnectFail = false, BacklogPolicy = BacklogPolicy.FailFast, ReconnectRetryPolicy = new LinearRetry(100) });
        var replica = new Replica(connection, pause: TimeSpan.FromMilliseconds(200));
        await replica.Embeddings.EmbedAsync(new(Dimension, Images(10)), None);
        redis.Kill();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 20; i++)
        {
            var batch = new EmbeddingBatch(Dimension, Images(50));
            await replica.Embeddings.EmbedAsync(batch, None);
            Assert.Equal(50, replica.Inner.Asked[^1].Length);
        }
        output.WriteLine($"20 batches without Redis: {clock.ElapsedMilliseconds} ms");
        Assert.True(clock.Elapsed < Patient, "A batch waited for a Redis that is not there.");

        await redis.RunAsync();
        for (var tries = 0; ; tries++)
        {
            var batch = new EmbeddingBatch(Dimension, Images(50));
            await replica.Embeddings.EmbedAsync(batch, None);
            if (batch.Outcome(49) == EmbeddingOutcome.Cached) break;
            Assert.InRange(tries, 0, 200);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        await replica.Writer.DisposeAsync();
    }

    [Fact]
    public async Task A_hanging_Redis_costs_one_timeout_and_then_nothing()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var timeout = TimeSpan.FromSeconds(2);
        var replica = new Replica(connection, timeout: timeout);
        redis.Hang();
        try
        {
            var times = new List<TimeSpan>();
            for (var i = 0; i < 20; i++)
            {
                var clock = Stopwatch.StartNew();
                await replica.Embeddings.EmbedAsync(new(Dimension, Images(50)), None);
                times.Add(clock.Elapsed);
            }
            output.WriteLine($"20 batches before a hanging Redis: {string.Join(", ", times.Select(time => $"{time.TotalMilliseconds:F0}"))} ms, its timeout is {timeout.TotalMilliseconds} ms");
            Assert.InRange(times.Count(time => time > timeout / 2), 0, 2); // a busy machine may make one more slow
            Assert.Equal(20, replica.Inner.Asked.Count);
        }
        finally { redis.GoOn(); }
        await replica.Writer.DisposeAsync();
    }

    [Fact]
    public async Task A_replica_is_read_on_and_on_and_only_writing_stops()
    {
        await using var primary = await RedisProcess.StartAsync();
        await using var replica = await RedisProcess.StartAsync($"--replicaof 127.0.0.1 {primary.Port}");
        await using var toPrimary = await primary.ConnectAsync();
        await using var toReplica = await replica.ConnectAsync();
        var images = Images(60);
        var first = new Replica(toPrimary);
        await first.Embeddings.EmbedAsync(new(Dimension, images[..30]), None);
        await primary.HoldsAsync(30);
        await replica.HoldsAsync(30);
        await first.Writer.DisposeAsync();

        var log = new KeptLog();
        var second = new Replica(toReplica, log: log);
        await second.Embeddings.EmbedAsync(new(Dimension, images[30..]), None); // is not there, and cannot be written
        while (log.Lines.Count == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        var found = new EmbeddingBatch(Dimension, images[..30]);
        await second.Embeddings.EmbedAsync(found, None);

        Assert.Single(second.Inner.Asked);
        Assert.All(Enumerable.Range(0, 30), image => Assert.Equal(EmbeddingOutcome.Cached, found.Outcome(image)));
        Assert.Equal(
            "Redis refuses writes (it is a read-only replica); its embeddings are still read, new ones stay in memory only",
            Assert.Single(log.Lines).Text);
        await second.Writer.DisposeAsync();
    }

    [Fact]
    public async Task An_outage_is_told_in_the_words_of_Redis()
    {
        await using var redis = await RedisProcess.StartAsync("--requirepass right");
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},password=wrong-canary,abortConnect=false");
        var log = new KeptLog();
        var replica = new Replica(connection, pause: TimeSpan.Zero, log: log);

        // The client may not know at first why it has no connection.
        do await replica.Embeddings.EmbedAsync(new(Dimension, Images(3)), None);
        while (log.Lines[^1].Text.Contains(RedisFault.NoConnection, StringComparison.Ordinal));

        var line = log.Lines[^1].Text;
        Assert.InRange(log.Lines.Count, 1, 2);
        // Which of its two refusals came last before the connection broke is a race of the client's own.
        Assert.Matches("^Redis does not work \\((NOAUTH Authentication required|WRONGPASS invalid username-password)", line);
        Assert.DoesNotContain("canary", line, StringComparison.Ordinal);
        Assert.NotEmpty(replica.Inner.Asked);
        await replica.Writer.DisposeAsync();
    }

    // Whoever may write to Redis could move scores by this, were a value not bound to its key.
    [Fact]
    public async Task Values_that_changed_places_and_values_of_another_installation_are_encoded_anew()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var database = connection.GetDatabase();
        var images = Images(60);
        var first = new Replica(connection);
        await first.Embeddings.EmbedAsync(new(Dimension, images), None);
        await redis.HoldsAsync(images.Length);
        await first.Writer.DisposeAsync();
        var values = await Task.WhenAll(images.Select(image => database.StringGetAsync(Keys.Key(image))));
        for (var i = 0; i < 20; i++) await database.StringSetAsync(Keys.Key(images[i]), values[(i + 1) % 20]); // rotated
        var forged = EmbeddingBytes.Of(MemoryEmbeddingsTests.CountingEmbeddings.Numbers(images[0], Dimension));
        using var foreign = new CacheSeal("the secret of another installation");
        for (var i = 20; i < 30; i++) await database.StringSetAsync(Keys.Key(images[i]), foreign.Seal(Keys.Key(images[i]), forged));
        for (var i = 30; i < 40; i++) await database.StringSetAsync(Keys.Key(images[i]), forged); // as they stood before they were sealed

        using var log = new KeptLog();
        var second = new Replica(connection, log: log);
        var batch = new EmbeddingBatch(Dimension, images);
        await second.Embeddings.EmbedAsync(batch, None);

        Assert.Equal([[.. Enumerable.Range(0, 40)]], second.Inner.Asked);
        Assert.All(images.Index(), image =>
            Assert.Equal(MemoryEmbeddingsTests.CountingEmbeddings.Numbers(image.Item, Dimension), batch.Embedding(image.Index).ToArray()));
        Assert.StartsWith("Redis has 40 values under the keys of embeddings that this installation did not write", Assert.Single(log.Lines).Text, StringComparison.Ordinal);
        await second.Writer.DisposeAsync();
    }

    private static ImageDigest[] Images(int count) => [.. Enumerable.Range(0, count).Select(i => ImageDigest.Of(BitConverter.GetBytes(i)))];

    private sealed class Replica
    {
        public Replica(IConnectionMultiplexer redis, TimeSpan? pause = null, TimeSpan? timeout = null, ILogger? log = null)
        {
            var outage = new RedisOutage(pause ?? TimeSpan.FromMinutes(1), TimeProvider.System, RedisOutageTests.Metrics(), log ?? NullLogger.Instance);
            var stored = new StoredEmbeddings(Keys, Seal);
            Writer = new(redis, stored, outage, new ClipScorerOptions { RedisTimeout = timeout ?? Patient }, RedisOutageTests.Metrics(), log ?? NullLogger.Instance);
            Embeddings = new(Inner, redis, stored, outage, Writer, timeout ?? Patient, RedisOutageTests.Metrics(), log ?? NullLogger.Instance);
        }

        public MemoryEmbeddingsTests.CountingEmbeddings Inner { get; } = new();

        public RedisWriter Writer { get; }

        public RedisEmbeddings Embeddings { get; }
    }
}
