using System.Diagnostics;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>kill -9 at the boundaries of a run: each event written, each call to a service and to the model when it is asked, when it has answered, and
/// when the answer has come and is not written yet. The run that nobody disturbs numbers them; those that are killed must find the same.</summary>
[Collection(nameof(Faults))]
public sealed class KillTests(ITestOutputHelper output)
{
    // So far apart in one run; the next run takes the ones beside them.
    private static readonly int Rounds = Scale.IsFull ? 6 : 1, Kills = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_is_killed_at_its_boundaries_finds_what_it_finds_undisturbed()
    {
        var undisturbed = await RunAsync(new Dictionary<string, string>());
        output.WriteLine($"undisturbed: {undisturbed.Boundaries.Count} boundaries, {undisturbed.Requests} answers bought, {undisturbed.Time.TotalSeconds:0.0} s");
        string[] victims = ["orchestrator", "clip-scorer", "prompt-gen", "captioner", "redis"];
        var killed = new List<(string Victim, int Of, Outcome Round)>();
        if (Scale.IsFull)
            foreach (var victim in victims)
            {
                var concerned = undisturbed.Boundaries.Where(boundary => Concerns(victim, boundary)).ToList();
                for (var round = 0; round < Rounds; round++)
                {
                    var outcome = await RunAsync(concerned.Where((_, number) => number % Rounds == round).ToDictionary(boundary => boundary, _ => victim));
                    output.WriteLine($"{victim}, run {round + 1} of {Rounds}: {outcome.Killed.Count} kills, {outcome.Requests} bought, {outcome.Lost} cut off, {outcome.Time.TotalSeconds:0} s");
                    killed.Add((victim, concerned.Count, outcome));
                }
            }
        else
        {
            var spread = Enumerable.Range(0, Kills).Select(number => undisturbed.Boundaries[(2 * number + 1) * undisturbed.Boundaries.Count / (2 * Kills)]).ToList();
            killed.Add(("each", spread.Count, await RunAsync(spread.Index().ToDictionary(
                one => one.Item, one => one.Index % 2 == 0 ? victims[0] : victims.LastOrDefault(victim => Concerns(victim, one.Item) && victim != "redis") ?? victims[0]))));
        }

        foreach (var group in killed.GroupBy(one => one.Victim))
        {
            var rounds = group.Select(one => one.Round).ToList();
            output.WriteLine($"{group.Key}: {rounds.Sum(round => round.Killed.Count)} kills at {rounds.SelectMany(round => round.Killed).Distinct().Count()} of {group.First().Of} boundaries "
                + $"in {rounds.Count} runs; cut at {rounds.SelectMany(round => round.Cuts).Distinct().Count()} places of the journal; "
                + $"trajectory equal in {rounds.Count(round => round.Trajectory.SequenceEqual(undisturbed.Trajectory))} runs; "
                + $"{rounds.Sum(round => round.Requests)} bought for {rounds.Count * undisturbed.Requests} answers, {rounds.Sum(round => round.Lost)} of them cut off on their way; "
                + $"{rounds.Sum(round => round.Time.TotalSeconds):0} s");
        }
        foreach (var (victim, _, round) in killed)
        {
            Assert.Equal(undisturbed.Trajectory, round.Trajectory);
            Assert.Equal(undisturbed.Run.Spending.CostMicroUsd, round.Run.Spending.CostMicroUsd);
            Assert.Equal(undisturbed.Requests * FaultSystem.MicroUsdOfACall, round.Run.Spending.CostMicroUsd);
            // What was cut off on its way to the service that had asked is bought again, and nothing else.
            Assert.True(round.Requests - undisturbed.Requests <= round.Lost, $"{victim}: {round.Requests} bought, {round.Lost} cut off, by {string.Join("; ", round.Killed)}");
            Assert.True(round.Missed.Count == 0, $"{victim}: never came by {string.Join("; ", round.Missed)}");
        }
    }

    // The orchestrator at all; a service where it is called or calls; redis where somebody may use it.
    private static bool Concerns(string victim, string boundary) => victim switch
    {
        "orchestrator" => true,
        "redis" => !boundary.StartsWith("written", StringComparison.Ordinal),
        _ => boundary.StartsWith(victim, StringComparison.Ordinal) || (victim is "prompt-gen" or "captioner" && boundary.StartsWith("model", StringComparison.Ordinal)),
    };

    private static async Task<Outcome> RunAsync(IReadOnlyDictionary<string, string> victims)
    {
        await using var system = await FaultSystem.StartAsync(Cancellation);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var one = new SemaphoreSlim(1, 1);
        var (boundaries, killed, cuts, lost) = (new List<string>(), new List<string>(), new List<string>(), 0);
        IDisposable? held = null;
        system.Passes = PassAsync;
        var began = Stopwatch.GetTimestamp();
        await system.CreateRunAsync("run", Scale.IsFull ? new() { Steps = 4 } : new() { Steps = 2, Preset = "ipo-paper" }, Cancellation);
        var follows = Task.Factory.StartNew(() => system.Journal.FollowAsync("run", PassAsync, ended.Token), ended.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        var run = await system.EndedAsync("run", Cancellation);
        var time = Stopwatch.GetElapsedTime(began);
        await ended.CancelAsync();
        await follows;
        Assert.True(run.State is RunState.Completed, $"{run.State}: {run.Reason}\n{system.Orchestrator.Output}");
        var once = system.Journal.Events("run").Where(happened => JournalFile.Type(happened) is "proposal-answered" or "description-received")
            .CountBy(happened => $"{happened["step"]}.{happened["call"]}{happened["image"]}").ToList();
        Assert.All(once, answer => Assert.Equal(1, answer.Value));
        return new(run, boundaries, JournalFile.TrajectoryOf(system.Journal.Events("run")), system.Model.Requests, killed, cuts, lost, [.. victims.Keys.Except(killed)], time);

        async Task PassAsync(string boundary)
        {
            await one.WaitAsync(Cancellation);
            try
            {
                if (boundaries.Contains(boundary)) return; // it has its number
                var next = boundary.Replace(" has answered", "'s answer has come", StringComparison.Ordinal);
                if (next != boundary && victims.GetValueOrDefault(next) == "orchestrator" && !boundaries.Contains(next)) held = system.Journal.Lock();
                boundaries.Add(boundary);
                if (!victims.TryGetValue(boundary, out var victim)) return;
                if (victim == "orchestrator")
                {
                    // Nothing more is written: the cut is where the boundary says.
                    if (held is null) held = system.Journal.Lock();
                    else await Task.Delay(100, Cancellation); // the answer is taken up, and waits to be written
                    system.Orchestrator.Kill();
                    cuts.Add(string.Join(' ', system.Journal.Events("run").Count, boundary.StartsWith("written", StringComparison.Ordinal) ? "" : boundary));
                    held.Dispose();
                    held = null;
                    system.Orchestrator.Start();
                }
                else
                {
                    if (victim is "prompt-gen" or "captioner" && boundary.StartsWith("model", StringComparison.Ordinal)) lost++;
                    await system.KillAsync(system.Processes.Single(process => process.Name == victim), Cancellation);
                }
                killed.Add(boundary);
            }
            finally { one.Release(); }
        }
    }

    private sealed record Outcome(
        Run Run, IReadOnlyList<string> Boundaries, IReadOnlyList<string> Trajectory, int Requests, IReadOnlyList<string> Killed, IReadOnlyList<string> Cuts, int Lost,
        IReadOnlyList<string> Missed, TimeSpan Time);
}
