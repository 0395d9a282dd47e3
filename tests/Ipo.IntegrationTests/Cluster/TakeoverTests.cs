using System.Text.Json;
using Ipo.IntegrationTests.Faults;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>Three orchestrators of which one after the other is killed and then cut off. <c>IPO_FAULTS=full</c> takes fifty runs and ten minutes.</summary>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    private static readonly int Runs = Scale.IsFull ? 50 : 6, Steps = Scale.IsFull ? 100 : 8;
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
        var (random, killed) = (new Random(1), new List<(string Run, DateTimeOffset At)>());
        for (var kill = 0; kill < Kills && !ended.IsCompleted; kill++)
        {
            await Task.WhenAny(Task.Delay(BetweenKills, Cancellation), ended);
            // One that was started a moment ago may have none in hand, and its death would show nothing.
            var working = system.Orchestrators.Where(one => one.Held().Count > 0).ToList();
            var victim = working.Count > 0 ? working[random.Next(working.Count)] : system.Orchestrators[random.Next(system.Orchestrators.Count)];
            var at = DateTimeOffset.UtcNow;
            var held = victim.Kill();
            killed.AddRange(held.Select(run => (run, at)));
            output.WriteLine($"{at:HH:mm:ss} {victim.Process.Name} killed with {held.Count} runs");
            await victim.StartAsync(Cancellation);
            // Early, while runs go on.
            if (kill < Cuts.Length) await CutAsync(system, system.Orchestrators[random.Next(system.Orchestrators.Count)], Cuts[kill]);
        }
        var runs = await ended;

        var events = await system.EventsAsync(Cancellation);
        var ends = events.Where(one => one.Type == "run-completed").CountBy(one => one.Run).ToDictionary();
        var answers = events.Where(one => one.Type == "proposal-answered").Select(one => (one.Run, Call: Call(one.Event))).ToList();
        var twice = answers.CountBy(one => one).Where(one => one.Value > 1).ToList();
        // From the kill to the next event of each run that it held: elsewhere, or where it was once it is there again.
        var takeovers = killed.Select(one => events.Where(next => next.Run == one.Run && next.At > one.At).Select(next => next.At - one.At).DefaultIfEmpty(TimeSpan.MaxValue).Min())
            .Order().ToList();
        output.WriteLine($"{runs.Count(run => run.State == RunState.Completed)} of {runs.Length} runs completed; {answers.Count} answers journalled, {twice.Count} of them twice; "
            + $"the model was asked {system.Model.Requests} times, {system.Model.Again} of them again; "
            + $"orchestrators that ended by themselves after a cut: {system.Orchestrators.Sum(one => one.EndedByItself)}");
        if (takeovers.Count > 0)
            output.WriteLine($"takeovers: {takeovers.Count}, median {At(0.5).TotalSeconds:0.0} s, p99 {At(0.99).TotalSeconds:0.0} s, longest {takeovers[^1].TotalSeconds:0.0} s");
        Assert.All(runs, run => Assert.True(run.State == RunState.Completed, $"{run.RunId} is {run.State}: {run}"));
        Assert.All(ids, id => Assert.Equal(1, ends[id]));
        Assert.Empty(twice);
        Assert.NotEmpty(takeovers);
        if (!Scale.IsFull) return; // a few say nothing of how long it takes
        Assert.InRange(At(0.5), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.InRange(At(0.99), TimeSpan.Zero, TimeSpan.FromSeconds(30));

        TimeSpan At(double share) => takeovers[Math.Min(takeovers.Count - 1, (int)(share * takeovers.Count))];
    }

    private async Task CutAsync(ClusterSystem system, ClusterSystem.Member member, string from)
    {
        output.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss} {member.Process.Name} cut off from {from} for {CutFor.TotalSeconds:0} s");
        system.Cut(member, from);
        await Task.Delay(CutFor, Cancellation);
        system.Heal(member);
    }

    private static (int Step, int Call) Call(string json)
    {
        using var read = JsonDocument.Parse(json);
        return (read.RootElement.GetProperty("step").GetInt32(), read.RootElement.GetProperty("call").GetInt32());
    }
}
