using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Load;

/// <summary>Many callers at once, over TLS, while services are restarted in turn and certificates renewed: no call of a client that keeps to
/// docs/errors.md fails. <c>IPO_LOAD=full</c> takes the numbers of docs/benchmarks.md in place of fewer.</summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("IPO_LOAD") == "full";
    private static readonly int Calls = IsFull ? 500 : 100, Runs = IsFull ? 50 : 2, Callers = IsFull ? 16 : 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_call_fails_under_load_while_services_restart_in_turn_and_certificates_are_renewed()
    {
        await using var system = await SecureSystem.StartAsync(replicas: IsFull ? 2 : 1, Cancellation);
        using var channel = system.Connect();
        var client = new PatientClient(channel.CreateCallInvoker(), Cancellation);
        var folder = Path.Combine(system.Datasets, "drawn");
        await BuiltPrograms.DrawAsync(folder, Cancellation, "--style", "chalk", "--category", "bird", "--count", "8");
        await client.AskAsync((ipo, options) => ipo.Datasets.RegisterDatasetAsync(new() { Name = "drawn", Path = folder }, options));
        await RunAsync(client, "first");
        var images = Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories).Where(ImageEndings.IsImage).Order(StringComparer.Ordinal)
            .Select(file => ByteString.CopyFrom(File.ReadAllBytes(file))).ToList();
        var expected = await Task.WhenAll(images.Select(image => ClassAsync(client, image)));

        await MeasureAsync(client, $"{Calls} ClassifyImages at once", Calls, async number =>
            Assert.Equal(expected[number % images.Count], await ClassAsync(client, images[number % images.Count])));
        await MeasureAsync(client, $"{Runs} runs at once", Runs, number => RunAsync(client, $"run-{number}"));

        await WhileCalledAsync("services behind the orchestrator restarted in turn", async () =>
        {
            foreach (var name in system.Replicas.Where(name => IsFull ? name != "orchestrator-0" : name == "clip-scorer-0")) await system.RestartAsync(name, Cancellation);
        });
        await WhileCalledAsync("the orchestrator restarted", () => system.RestartAsync("orchestrator-0", Cancellation));
        var before = await system.SerialsAsync(Cancellation);
        await WhileCalledAsync("certificates renewed", async () =>
        {
            system.Renew();
            for (var seen = before; seen.Intersect(before, StringComparer.Ordinal).Any(); seen = await system.SerialsAsync(Cancellation)) await Task.Delay(200, Cancellation);
            // Connections made from now on: the orchestrator's to the scorer, and this one.
            await system.RestartAsync("clip-scorer-1", Cancellation);
            using var fresh = system.Connect();
            Assert.Equal(expected[0], await ClassAsync(new(fresh.CreateCallInvoker(), Cancellation), images[0]));
        });

        async Task WhileCalledAsync(string what, Func<Task> happens)
        {
            var patient = new PatientClient(channel.CreateCallInvoker(), Cancellation);
            var (done, latencies) = (false, new ConcurrentQueue<TimeSpan>());
            var run = RunAsync(patient, what.Replace(' ', '-'));
            var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                for (var number = caller; !Volatile.Read(ref done); number += Callers)
                {
                    var began = Stopwatch.GetTimestamp();
                    Assert.Equal(expected[number % images.Count], await ClassAsync(patient, images[number % images.Count]));
                    latencies.Enqueue(Stopwatch.GetElapsedTime(began));
                }
            }, Cancellation)).ToList();
            try { await happens(); }
            finally { Volatile.Write(ref done, true); }
            await Task.WhenAll(callers);
            await run;
            Say(what, [.. latencies], patient);
        }
    }

    private async Task MeasureAsync(PatientClient client, string what, int count, Func<int, Task> work)
    {
        var before = client.Again.Count;
        var latencies = await Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
        {
            var began = Stopwatch.GetTimestamp();
            await work(number);
            return Stopwatch.GetElapsedTime(began);
        }));
        Say(what, latencies, client, before);
    }

    private void Say(string what, IReadOnlyList<TimeSpan> latencies, PatientClient client, int before = 0)
    {
        var sorted = latencies.Order().ToList();
        var again = client.Again.Skip(before).CountBy(words => words).Select(one => $"{one.Value} x {one.Key}");
        output.WriteLine($"{what}: {sorted.Count} done, p50 {At(0.5):0.00} s, p99 {At(0.99):0.00} s; sent again: {string.Join(", ", again.DefaultIfEmpty("none"))}; failed: none");

        double At(double share) => sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))].TotalSeconds;
    }

    private static async Task<string> ClassAsync(PatientClient client, ByteString image) => (await client.AskAsync((ipo, options) =>
        ipo.Serving.ClassifyImagesAsync(new() { RunId = "first", Contents = { image } }, options))).Classifications.Single().Classes.Single().ClassName;

    private static async Task RunAsync(PatientClient client, string id)
    {
        var run = (await client.AskAsync((ipo, options) => ipo.Runs.CreateRunAsync(
            new() { RunId = id, Settings = new() { Dataset = "drawn", Steps = 3, Shots = 2, Seed = 1 } }, options))).Run;
        for (; run.State is RunState.Running or RunState.Queued; run = (await client.AskAsync((ipo, options) => ipo.Runs.GetRunAsync(new() { RunId = id }, options))).Run)
            await Task.Delay(200, Cancellation);
        Assert.True(run.State == RunState.Completed, $"{id} is {run.State}: {run}");
    }
}
