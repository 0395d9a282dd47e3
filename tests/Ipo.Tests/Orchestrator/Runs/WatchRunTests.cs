using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed class WatchRunTests : OrchestratorTest
{
    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        return Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_run_has_passed_the_length_that_the_client_saw()
    {
        var gate = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 2, Shots = 1 }, "run");
        await OrchestratorLab.UntilAsync(() => Fakes.PromptGen.Requests.Count == 1);
        var seen = (await Client.Runs.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.JournalLength;

        // Without it the state as it is comes at once; with it nothing does while the run stands still.
        using var everything = Client.Runs.WatchRun(new() { RunId = "run" }, cancellationToken: Cancellation);
        Assert.True(await everything.ResponseStream.MoveNext(Cancellation));
        Assert.True(everything.ResponseStream.Current.Run.JournalLength <= seen);
        using (var nothing = Client.Runs.WatchRun(new() { RunId = "run", SinceJournalLength = seen }, cancellationToken: Cancellation))
        {
            var first = nothing.ResponseStream.MoveNext(Cancellation);
            await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
            Assert.False(first.IsCompleted);
        }

        var watching = WatchAsync(new() { RunId = "run", SinceJournalLength = seen });
        gate.SetResult();
        var runs = await watching;
        Assert.All(runs, run => Assert.True(run.JournalLength > seen, $"{run.JournalLength} is sent, and {seen} was seen"));
        Assert.Equal(V1.RunState.Completed, runs[^1].State);

        // The end always comes, also to somebody who saw it.
        Assert.Equal(
            V1.RunState.Completed, Assert.Single(await WatchAsync(new() { RunId = "run", SinceJournalLength = runs[^1].JournalLength })).State);
    }

    [Fact]
    public async Task An_interval_leaves_out_states_between_and_never_the_end()
    {
        Fakes.PromptGen.Instead = async _ => { await Task.Delay(100, Cancellation); return null; };
        var settings = new V1.RunSettings { Dataset = "tiny", Steps = 20, Shots = 1, Patience = 0 };
        async Task<(List<V1.Run> Runs, TimeSpan Took)> RunAsync(string id, Duration? interval)
        {
            await Lab.CreateAsync(settings, id);
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            return (await WatchAsync(new() { RunId = id, SmallestInterval = interval }), System.Diagnostics.Stopwatch.GetElapsedTime(began));
        }
        var before = await RunAsync("all", null);
        var after = await RunAsync("seconds", Duration.FromTimeSpan(TimeSpan.FromSeconds(1)));

        foreach (var (name, (runs, took)) in (IEnumerable<(string, (List<V1.Run> Runs, TimeSpan Took))>)[("every state", before), ("1 s", after)])
        {
            var bytes = runs.Sum(run => new V1.WatchRunResponse { Run = run }.CalculateSize());
            TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {runs.Count} messages, {bytes} bytes in {took.TotalSeconds:0.0} s");
            Assert.Equal((V1.RunState.Completed, 20), (runs[^1].State, runs[^1].StepsCompleted));
        }
        Assert.True(after.Runs.Count <= after.Took.TotalSeconds + 2, $"{after.Runs.Count} messages in {after.Took}");
        Assert.True(before.Runs.Count > 2 * after.Runs.Count, $"{before.Runs.Count} messages, and {after.Runs.Count} with an interval");
    }

    [Fact]
    public async Task What_is_held_back_comes_when_its_time_has_come_also_where_nothing_changes_any_more()
    {
        var gate = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async call => { if (call > 0) await gate.Task; return null; };
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 2, Shots = 1 }, "run");
        using var watch = Client.Runs.WatchRun(
            new() { RunId = "run", SmallestInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(50)) }, cancellationToken: Cancellation);
        await foreach (var change in watch.ResponseStream.ReadAllAsync(Cancellation))
            if (change.Run.StepsCompleted == 1 && change.Run.Activity.Contains("asking", StringComparison.Ordinal)) gate.TrySetResult();
        Assert.True(gate.Task.IsCompleted);
    }

    [Fact]
    public async Task A_mask_sends_its_fields_alone_and_only_states_that_differ_in_them()
    {
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 3, Shots = 1, Patience = 0 }, "run");
        var runs = await WatchAsync(new() { RunId = "run", ReadMask = new() { Paths = { "state", "steps_completed" } } });
        Assert.Equal(runs.Distinct(), runs);
        Assert.Equal(new() { State = V1.RunState.Completed, StepsCompleted = 3 }, runs[^1]);
        Assert.Equal(runs[^1], Assert.Single(await WatchAsync(new() { RunId = "run", ReadMask = new() { Paths = { "state", "steps_completed" } } })));

        var run = await Client.Runs.GetRunAsync(new() { RunId = "run", ReadMask = new() { Paths = { "settings.dataset" } } }, cancellationToken: Cancellation);
        Assert.Equal(new() { Settings = new() { Dataset = "tiny" } }, run.Run);
        var report = await Client.Reports.GetRunReportAsync(
            new() { RunId = "run", ReadMask = new() { Paths = { "markdown", "search", "report.dataset.name" } } }, cancellationToken: Cancellation);
        Assert.Equal(new() { Report = new() { Dataset = new() { Name = "tiny" } }, Markdown = report.Markdown }, report);
        Assert.StartsWith("# tiny", report.Markdown, StringComparison.Ordinal);
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Reports.GetRunReportAsync(
            new() { RunId = "run", ReadMask = new() { Paths = { "report.colour" } } }, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, "run");
        V1.WatchRunRequest[] wrong =
        [
            new() { RunId = "run", SinceJournalLength = -1 },
            new() { RunId = "run", SmallestInterval = new() { Seconds = -1 } },
            new() { RunId = "run", SmallestInterval = new() { Seconds = 3601 } },
            new() { RunId = "run", SmallestInterval = new() { Seconds = 1, Nanos = -5 } },
            new() { RunId = "run", ReadMask = new() { Paths = { "colour" } } },
        ];
        var words = new List<string>();
        foreach (var request in wrong) words.Add(await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => WatchAsync(request)));
        Assert.Equal("since_journal_length is -1; it takes 0 or more.", words[0]);
        Assert.StartsWith("read_mask has 'colour', which is no field of Run; it has run_id, ", words[^1], StringComparison.Ordinal);
        Assert.All(words[1..^1], text => Assert.StartsWith("smallest_interval is ", text, StringComparison.Ordinal));
    }

    private async Task<List<V1.Run>> WatchAsync(V1.WatchRunRequest request)
    {
        using var watch = Client.Runs.WatchRun(request, cancellationToken: Cancellation);
        return await watch.ResponseStream.ReadAllAsync(Cancellation).Select(response => response.Run).ToListAsync(Cancellation);
    }
}
