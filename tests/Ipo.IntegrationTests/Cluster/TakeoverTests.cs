using System.Text.Json;
using Ipo.IntegrationTests.Faults;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>Three orchestrators of which one after the other is killed and then cut off. <c>IPO_FAULTS=full</c> takes fifty runs and ten minutes of deaths.</summary>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    private static readonly int Runs = Scale.IsFull ? 50 : 6, Steps = Scale.IsFull ? 600 : 45; // longer than all that is done to them
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(Scale.IsFull ? 2 : 1), BetweenKills = TimeSpan.FromSeconds(Scale.IsFull ? 20 : 3);
    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(Scale.IsFull ? 20 : 6);
    private static readonly int Kills = Scale.IsFull ? 30 : 2;
    private static readonly string[] Cuts = Scale.IsFull ? ["redis", "PostgreSQL", "the others"] : ["PostgreSQL"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_go_on_elsewhere_and_nothing_is_done_twice_while_orchestrators_are_killed_and_cut_off()
    {
        // Each could have all of them in hand: a run that is taken over does not wait for another one's end.
        await using var system = await ClusterSystem.StartAsync(parallelRuns: Runs, Cancellation);
        system.Model.Latency = Latency;
        string[] ids = [.. Enumerable.Range(0, Runs).Select(number => $"run-{number}")];
        foreach (var (number, id) in ids.Index())
            await system.Client.Runs.CreateRunAsync(
                new() { RunId = id, Settings = new() { Dataset = "drawn", Steps = Steps, Shots = 2, Seed = number + 1, Patience = 0, CandidatesPerStep = 4, Preset = "ipo-paper" } },
                cancellationToken: Cancellation);
        var ended = Task.WhenAll(ids.Select(id => system.EndedAsync(id, Cancellation)));
        var (random, killed, cut) = (new Random(1), new List<(string Run, DateTimeOffset At)>(), new List<(string Run, DateTimeOffset At)>());
        for (var kill = 0; kill < Kills && !ended.IsCompleted; kill++)
        {
            await Task.WhenAny(Task.Delay(BetweenKills, Cancellation), ended);
            var victim = Victim();
            var at = DateTimeOffset.UtcNow;
            var held = victim.Kill();
            killed.AddRange(held.Select(run => (run, at)));
            output.WriteLine($"{at:HH:mm:ss} {victim.Process.Name} killed with {held.Count} runs");
            await victim.StartAsync(Cancellation);
        }
        foreach (var from in Cuts)
        {
            if (ended.IsCompleted) break;
            var victim = system.Orchestrators.MaxBy(one => one.Held().Count)!; // of which most can be seen
            var (at, held) = (DateTimeOffset.UtcNow, victim.Held());
            output.WriteLine($"{at:HH:mm:ss} {victim.Process.Name} with {held.Count} runs cut off from {from} for {CutFor.TotalSeconds:0} s");
            cut.AddRange(held.Select(run => (run, at)));
            system.Cut(victim, from);
            await Task.Delay(CutFor, Cancellation);
            system.Heal(victim);
        }
        var wentOn = !ended.IsCompleted;
        var runs = await ended;

        var events = await system.EventsAsync(Cancellation);
        var ends = events.Where(one => one.Type == "run-completed").CountBy(one => one.Run).ToDictionary();
        var answers = events.Where(one => one.Type == "proposal-answered").Select(one => (one.Run, Call: Call(one.Event))).ToList();
        var twice = answers.CountBy(one => one).Where(one => one.Value > 1).ToList();
        output.WriteLine($"{runs.Count(run => run.State == RunState.Completed)} of {runs.Length} runs completed; {answers.Count} answers journalled, {twice.Count} of them twice; "
            + $"the model was asked {system.Model.Requests} times, {system.Model.Again} of them again; "
            + $"orchestrators that ended by themselves after a cut: {system.Orchestrators.Sum(one => one.EndedByItself)}");
        var eventsOf = events.ToLookup(one => one.Run);
        var times = new List<(TimeSpan Median, TimeSpan P99)>();
        foreach (var (name, left) in new[] { ("killed", killed), ("cut off", cut) })
        {
            // From then to the next event of each run that it held: elsewhere, or where it was once it is there again.
            var until = left.Select(one => eventsOf[one.Run].Where(next => next.At > one.At).Select(next => next.At - one.At).DefaultIfEmpty(TimeSpan.MaxValue).Min())
                .Order().ToList();
            Assert.NotEmpty(until);
            var (median, p99) = (until[until.Count / 2], until[Math.Min(until.Count - 1, (int)(0.99 * until.Count))]);
            output.WriteLine($"went on after its orchestrator was {name}: {until.Count} times, median {median.TotalSeconds:0.0} s, p99 {p99.TotalSeconds:0.0} s, longest {until[^1].TotalSeconds:0.0} s");
            times.Add((median, p99));
        }
        if (Scale.IsFull) Assert.True(wentOn, "The runs ended before all was done to them.");
        Assert.All(runs, run => Assert.True(run.State == RunState.Completed, $"{run.RunId} is {run.State}: {run}"));
        Assert.All(ids, id => Assert.Equal(1, ends[id]));
        Assert.Empty(twice);
        if (!Scale.IsFull) return; // a few say nothing of how long it takes
        Assert.All(times, time => Assert.InRange(time.Median, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        Assert.All(times, time => Assert.InRange(time.P99, TimeSpan.Zero, TimeSpan.FromSeconds(30)));

        // One that was started a moment ago may have no run in hand, and its death would show nothing.
        ClusterSystem.Member Victim()
        {
            var working = system.Orchestrators.Where(one => one.Held().Count > 0).ToList();
            return working.Count > 0 ? working[random.Next(working.Count)] : system.Orchestrators[random.Next(system.Orchestrators.Count)];
        }
    }

    private static (int Step, int Call) Call(string json)
    {
        using var read = JsonDocument.Parse(json);
        return (read.RootElement.GetProperty("step").GetInt32(), read.RootElement.GetProperty("call").GetInt32());
    }
}
