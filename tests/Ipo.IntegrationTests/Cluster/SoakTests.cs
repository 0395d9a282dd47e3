using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Ipo.IntegrationTests.Faults;
using Ipo.V1;
using StackExchange.Redis;
using Xunit;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>Runs one after another, each watched, for as long as <c>IPO_SOAK_MINUTES</c> says: nothing may grow with time but the journal.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private static readonly string? Minutes = Environment.GetEnvironmentVariable("IPO_SOAK_MINUTES");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_but_the_journal_grows_with_time()
    {
        var length = TimeSpan.FromMinutes(double.Parse(Minutes ?? "0.1", CultureInfo.InvariantCulture));
        await using var system = await FaultSystem.StartAsync(Cancellation);
        await BoundCachesAsync(system);
        var (began, runs) = (Stopwatch.GetTimestamp(), 0);
        var seen = new List<(string When, int Runs, List<ProcessUse> Uses, double Journal)>();
        await RunAsync();
        See("start");
        while (Stopwatch.GetElapsedTime(began) < length)
        {
            await RunAsync();
            if (seen.Count == 1 && Stopwatch.GetElapsedTime(began) >= length / 10) See("a tenth");
        }
        See("end");

        output.WriteLine($"{runs} runs in {Stopwatch.GetElapsedTime(began).TotalMinutes:0.0} minutes; resident MiB (open handles) of each process");
        foreach (var (when, after, uses, journal) in seen)
            output.WriteLine($"{when}, {after} runs: {string.Join(", ", system.Processes.Zip(uses, (process, use) => $"{process.Name} {use.MiB:0} ({use.Handles})"))}, journal {journal:0.0} MiB");
        if (Minutes is null) return; // a few runs say nothing of what grows
        foreach (var (process, at) in system.Processes.Select((process, at) => (process, at)))
        {
            var (tenth, end) = (seen[1].Uses[at], seen[^1].Uses[at]);
            Assert.True(end.MiB <= tenth.MiB * 1.2 + 20, $"{process.Name} grew from {tenth.MiB:0} to {end.MiB:0} MiB");
            Assert.True(end.Handles <= tenth.Handles + 10, $"{process.Name} had {tenth.Handles} handles and has {end.Handles}");
        }

        // Caches grow until they are as large as they are told to be: here soon.
        async Task BoundCachesAsync(FaultSystem of)
        {
            foreach (var cache in (string[])["EmbeddingMemoryMiB", "ImageSetMemoryMiB", "TemplateMemoryMiB", "ScoreMemoryMiB"])
                of.ScorerSettings[$"Ipo__ClipScorer__{cache}"] = "4";
            await of.Scorer.TerminateAsync(Cancellation);
            await of.Scorer.StartAsync(Cancellation);
            await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{of.RedisPort},allowAdmin=true");
            var server = redis.GetServers()[0];
            await server.ConfigSetAsync("maxmemory", "16mb");
            await server.ConfigSetAsync("maxmemory-policy", "allkeys-lru");
        }

        async Task RunAsync()
        {
            var id = $"run-{runs++}";
            await system.CreateRunAsync(id, new() { Steps = 3, Seed = runs }, Cancellation);
            var last = RunState.Unspecified;
            using var watch = system.Client.Runs.WatchRun(new() { RunId = id }, cancellationToken: Cancellation);
            await foreach (var message in watch.ResponseStream.ReadAllAsync(Cancellation)) last = message.Run.State;
            Assert.Equal(RunState.Completed, last);
        }

        void See(string when) => seen.Add((
            when, runs, [.. system.Processes.Select(ProcessUse.Of)],
            new DirectoryInfo(system.Data).EnumerateFiles("ipo.db*").Sum(file => file.Length) / 1048576.0));
    }
}
