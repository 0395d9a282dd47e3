using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Ipo.IntegrationTests.Faults;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>What runs cost that nothing happens to: those that wait for a model, and those that are only kept. <c>IPO_FAULTS=full</c> takes two
/// hundred of each and looks for 30 s.</summary>
public sealed class IdleTests(ITestOutputHelper output)
{
    private static readonly int Runs = Scale.IsFull ? 200 : 8;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(Scale.IsFull ? 30 : 2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_in_a_file_that_wait_cost_nothing()
    {
        await using var system = await FaultSystem.StartAsync(Cancellation, Settings());
        await MeasureAsync("file", system);
    }

    [Fact]
    public async Task Runs_in_PostgreSQL_that_wait_cost_nothing()
    {
        await using var postgres = new PostgresServer();
        await postgres.InitializeAsync();
        await using var system = await FaultSystem.StartAsync(
            Cancellation, [.. Settings(), ("ConnectionStrings__postgres", postgres.CreateDatabase())]);
        await MeasureAsync("PostgreSQL", system);
    }

    // As often as without a setting.
    private static (string, string)[] Settings() => [("Ipo__Orchestrator__ParallelRuns", $"{Runs}"), ("Ipo__Orchestrator__TakeUpEvery", "00:00:03")];

    private async Task MeasureAsync(string kept, FaultSystem system)
    {
        var settings = new RunSettings { Steps = 2, Preset = "ipo-paper", DescriptionLimit = 1 };
        await system.CreateRunAsync("done", settings, Cancellation);
        Assert.Equal(RunState.Completed, (await system.EndedAsync("done", Cancellation)).State);
        var archive = (await system.Client.Journal.ArchiveRunAsync(new() { RunId = "done" }, cancellationToken: Cancellation)).Archive;
        for (var number = 1; number < Runs; number++) await RestoreAsync(system, $"done-{number}", archive);
        var gate = new TaskCompletionSource();
        system.Model.Passes = words => words.StartsWith("model is asked", StringComparison.Ordinal) ? gate.Task : Task.CompletedTask;
        string[] waiting = [.. Enumerable.Range(0, Runs).Select(number => $"waits-{number}")];
        foreach (var (number, id) in waiting.Index())
        {
            var other = settings.Clone();
            other.Seed = number + 2;
            await system.CreateRunAsync(id, other, Cancellation);
        }
        await QuietAsync(system);

        var alone = await OfACoreAsync(system);
        output.WriteLine($"{kept}: {alone:0.000} of a core for {Runs} runs that wait and {Runs} that are done");
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var watches = waiting.Select(id => WatchAsync(system.Client, id, ends.Token)).ToList();
        await QuietAsync(system);
        var watched = await OfACoreAsync(system);
        output.WriteLine($"{kept}: {watched:0.000} of a core with a watcher of each that waits");
        await ends.CancelAsync();
        await Task.WhenAll(watches);
        gate.SetResult();
        if (!Scale.IsFull) return; // two seconds say nothing
        Assert.InRange(alone, 0, 0.02);
        Assert.InRange(watched, 0, 0.03);
    }

    private static async Task RestoreAsync(FaultSystem system, string id, ByteString archive) =>
        await system.Client.Journal.RestoreRunAsync(new() { RunId = id, Archive = archive }, cancellationToken: Cancellation);

    private static async Task QuietAsync(FaultSystem system)
    {
        long before;
        do
        {
            before = await EventsAsync(system);
            await Task.Delay(TimeSpan.FromSeconds(Scale.IsFull ? 5 : 1), Cancellation);
        }
        while (await EventsAsync(system) != before);
    }

    private static async Task<long> EventsAsync(FaultSystem system) =>
        (await system.Client.Journal.CheckJournalAsync(new(), cancellationToken: Cancellation)).Events;

    private static async Task<double> OfACoreAsync(FaultSystem system)
    {
        var (before, began) = (ProcessUse.Of(system.Orchestrator).Processor, Stopwatch.GetTimestamp());
        await Task.Delay(Look, Cancellation);
        return (ProcessUse.Of(system.Orchestrator).Processor - before) / Stopwatch.GetElapsedTime(began);
    }

    private static async Task WatchAsync(IpoClient client, string id, CancellationToken ends)
    {
        try
        {
            using var watch = client.Runs.WatchRun(new() { RunId = id }, cancellationToken: ends);
            await foreach (var message in watch.ResponseStream.ReadAllAsync(ends)) Assert.Equal(id, message.Run.RunId);
        }
        catch (RpcException left) when (left.StatusCode is StatusCode.Cancelled) { }
    }
}
