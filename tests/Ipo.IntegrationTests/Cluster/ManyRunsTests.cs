using System.Diagnostics;
using Grpc.Core;
using Ipo.IntegrationTests.Faults;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>Many runs in hand at once, each with somebody who watches it. <c>IPO_FAULTS=full</c> takes two hundred.</summary>
public sealed class ManyRunsTests(ITestOutputHelper output)
{
    private static readonly int Runs = Scale.IsFull ? 200 : 12, Steps = Scale.IsFull ? 10 : 4;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(Scale.IsFull ? 20 : 3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_runs_with_watchers_share_evenly_keep_memory_flat_and_cost_nothing_while_they_wait()
    {
        await using var system = await FaultSystem.StartAsync(Cancellation, ("Ipo__Orchestrator__ParallelRuns", $"{Runs}"));
        var gate = new TaskCompletionSource();
        system.Model.Passes = words => words.StartsWith("model is asked", StringComparison.Ordinal) ? gate.Task : Task.CompletedTask;
        string[] ids = [.. Enumerable.Range(0, Runs).Select(number => $"run-{number}")];
        foreach (var (number, id) in ids.Index())
            await system.CreateRunAsync(id, new() { Steps = Steps, Seed = number + 1, Preset = "ipo-paper", DescriptionLimit = 1 }, Cancellation);
        var watchers = ids.Select(id => WatchAsync(system.Client, id)).ToList();

        // All of them wait for the model now.
        await UntilQuietAsync(system.Orchestrator);
        var (before, began) = (ProcessUse.Of(system.Orchestrator), Stopwatch.GetTimestamp());
        await Task.Delay(Idle, Cancellation);
        var idle = (ProcessUse.Of(system.Orchestrator).Processor - before.Processor) / Stopwatch.GetElapsedTime(began);
        gate.SetResult();
        var memory = new List<double>();
        var ended = Task.WhenAll(watchers);
        while (await Task.WhenAny(ended, Task.Delay(500, Cancellation)) != ended) memory.Add(ProcessUse.Of(system.Orchestrator).MiB);
        var watched = await ended;

        var steps = watched.SelectMany(one => one.Steps).Order().ToList();
        var (median, slowest) = (steps[steps.Count / 2], steps[^1]);
        var (first, second) = (memory.Take(memory.Count / 2).Max(), memory.Skip(memory.Count / 2).Max());
        output.WriteLine($"{Runs} runs of {Steps} steps with a watcher each: {watched.Sum(one => one.Messages)} messages; a step took {median.TotalSeconds:0.00} s (median), {slowest.TotalSeconds:0.00} s (slowest)");
        output.WriteLine($"orchestrator: {idle:0.000} of a core while all wait; {memory[0]:0} MiB at first, at most {first:0} in the first half and {second:0} in the second");
        Assert.All(watched, one => Assert.Equal(RunState.Completed, one.Last));
        if (!Scale.IsFull) return; // a few seconds say nothing of time and memory
        Assert.InRange(idle, 0, 0.1);
        Assert.InRange(slowest / median, 1, 5);
        Assert.InRange(second / first, 0, 1.2);
    }

    // What it does while all wait is measured next, whatever it is; this leaves out the beginning of the runs.
    private static async Task UntilQuietAsync(ServiceProcess process)
    {
        var before = ProcessUse.Of(process).Processor;
        for (var look = 0; look < 30; look++)
        {
            await Task.Delay(1000, Cancellation);
            var now = ProcessUse.Of(process).Processor;
            if (now - before < TimeSpan.FromMilliseconds(100)) return;
            before = now;
        }
    }

    private static async Task<(RunState Last, int Messages, List<TimeSpan> Steps)> WatchAsync(IpoClient client, string id)
    {
        var (messages, done, steps, last) = (0, 0, new List<TimeSpan>(), RunState.Unspecified);
        long? at = null;
        using var watch = client.Runs.WatchRun(new() { RunId = id }, cancellationToken: Cancellation);
        await foreach (var message in watch.ResponseStream.ReadAllAsync(Cancellation))
        {
            messages++;
            last = message.Run.State;
            if (message.Run.StepsCompleted == done) continue;
            done = message.Run.StepsCompleted;
            if (at is { } before) steps.Add(Stopwatch.GetElapsedTime(before));
            at = Stopwatch.GetTimestamp();
        }
        return (last, messages, steps);
    }
}
