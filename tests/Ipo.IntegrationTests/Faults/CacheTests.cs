using Ipo.V1;
using StackExchange.Redis;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>What is kept in Redis is used again, and is believed only where it was written for what it stands for.</summary>
[Collection(nameof(Faults))]
public sealed class CacheTests(Undisturbed undisturbed, ITestOutputHelper output)
{
    private const string Embeddings = "ipo:image-embedding:*", Scores = "ipo:score:*";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_run_encodes_and_scores_nothing_and_a_poisoned_cache_changes_nothing()
    {
        await using var system = await FaultSystem.StartAsync(Cancellation);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{system.RedisPort},allowAdmin=true,asyncTimeout=30000,syncTimeout=30000");
        var (first, _) = await RunAsync("first");
        // A scorer that has nothing in its memory: what it knows then is Redis'.
        await system.RestartAsync(system.Scorer, Cancellation);
        await redis.GetServers().Single().ConfigResetStatisticsAsync();
        var (second, _) = await RunAsync("second");
        var (misses, writes) = await StatisticsAsync(redis);
        output.WriteLine($"first run: {first.Spending.ImagesEncoded} images encoded, {first.TemplatesScored} templates scored; second: {second.Spending.ImagesEncoded} encoded, "
            + $"{second.Spending.ImagesCached} cached; Redis missed {misses} keys and was written {writes}");
        Assert.Equal(0, second.Spending.ImagesEncoded);
        Assert.Equal(0, writes); // a template that is scored is kept
        Assert.Equal(0, system.Model.Again);

        await PoisonAsync(Embeddings, keepsScores: false);
        await PoisonAsync(Scores, keepsScores: true);

        // Every value under the key of the next one.
        async Task PoisonAsync(string pattern, bool keepsScores)
        {
            var keys = redis.GetServers().Single().Keys(pattern: pattern).OrderBy(key => key.ToString(), StringComparer.Ordinal).ToArray();
            var values = await Task.WhenAll(keys.Select(key => redis.GetDatabase().StringGetAsync(key)));
            Assert.NotEmpty(keys);
            for (var key = 0; key < keys.Length; key++) await redis.GetDatabase().StringSetAsync(keys[key], values[(key + 1) % keys.Length]);
            if (!keepsScores) // they would be found, and no embedding asked for
                foreach (var score in redis.GetServers().Single().Keys(pattern: Scores)) await redis.GetDatabase().KeyDeleteAsync(score);
            await system.RestartAsync(system.Scorer, Cancellation);
            var said = system.Scorer.Output.Length;
            var (run, found) = await RunAsync($"after-{keys.Length}");
            var lines = system.Scorer.Output[said..].Split('\n').Where(line => line.Contains("did not write", StringComparison.Ordinal)).ToList();
            output.WriteLine($"{keys.Length} values of {pattern} swapped: {run.Spending.ImagesEncoded} images encoded anew, trajectory equal: {found.SequenceEqual(undisturbed.Trajectory)}; "
                + $"{lines.Count} lines, the first: {lines.FirstOrDefault()}");
            Assert.NotEmpty(lines);
        }

        async Task<(Run Run, IReadOnlyList<string> Found)> RunAsync(string id)
        {
            await system.CreateRunAsync(id, Undisturbed.Settings, Cancellation);
            var run = await system.EndedAsync(id, Cancellation);
            Assert.True(run.State is RunState.Completed, run.Reason);
            var found = await system.TrajectoryAsync(id, Cancellation);
            Assert.Equal(undisturbed.Trajectory, found);
            return (run, found);
        }
    }

    private static async Task<(long Misses, long Writes)> StatisticsAsync(ConnectionMultiplexer redis)
    {
        var all = (await redis.GetServers().Single().InfoAsync()).Concat(await redis.GetServers().Single().InfoAsync("commandstats")).SelectMany(group => group).ToList();
        var misses = all.First(one => one.Key == "keyspace_misses").Value;
        var writes = all.Where(one => one.Key is "cmdstat_set" or "cmdstat_setex" or "cmdstat_psetex").Select(one => one.Value.Split('=', ',')[1]).Distinct().Sum(long.Parse);
        return (long.Parse(misses, null), writes);
    }
}
