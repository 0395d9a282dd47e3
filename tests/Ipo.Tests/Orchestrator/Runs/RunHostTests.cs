using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Storage;
using Ipo.Tests.Fakes;
using Ipo.Tests.Optimization.Facts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed partial class RunHostTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeServices _fakes = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        TinyDataset.Write(_folder, "data/tiny");
    }

    public async ValueTask DisposeAsync()
    {
        await _fakes.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_orchestrator_that_stops_waits_for_the_answer_it_pays_for_and_the_next_one_goes_on()
    {
        var (asked, answer) = HoldAnswer(call: 1);
        var lab = await OrchestratorLab.StartAsync(_folder, _fakes, options: set => set.StopGrace = TimeSpan.FromSeconds(30));
        await lab.RegisterAsync("tiny");
        await CreateAsync(lab, "run");
        await asked;
        var stopping = lab.DisposeAsync();
        answer.SetResult();
        await stopping;

        await GoesOnWithoutAskingAgainAsync();
    }

    [Fact]
    public async Task A_watcher_holds_up_neither_the_stop_nor_the_answer_that_is_paid_for_and_nothing_more_is_bought()
    {
        _fakes.PromptGen.Proposer = new() { Name = "ipo", Model = "gpt", Paid = true };
        var (asked, answer) = HoldAnswer(call: 1);
        await using (
            var lab = await OrchestratorLab.StartAsync(
                _folder, _fakes, options: set => set.StopGrace = TimeSpan.FromSeconds(30), kestrel: true))
        {
            await lab.RegisterAsync("tiny");
            await CreateAsync(lab, "run");
            var watching = lab.WatchAsync("run");
            await asked;
            var stopping = lab.StopAsync();

            var ended = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => watching);
            Assert.Equal(
                (Grpc.Core.StatusCode.Unavailable,
                    "The orchestrator is shutting down. The run resumes after a restart; watch it again then."),
                        (ended.StatusCode, ended.Status.Detail));
            Assert.False(stopping.IsCompleted); // it waits for the answer
            answer.SetResult();
            await stopping;
        }
        Assert.Equal(2, _fakes.PromptGen.Requests.Count);

        await GoesOnWithoutAskingAgainAsync();
    }

    [Fact]
    public async Task A_run_is_told_to_stop_before_the_server_has_ended_its_calls()
    {
        var (asked, answer) = HoldAnswer(call: 0);
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, options: set => set.StopGrace = TimeSpan.FromSeconds(30));
        await lab.RegisterAsync("tiny");
        await CreateAsync(lab, "run");
        await asked;
        // The host says so and stops nothing yet: as while its server waits for a call that is slow to end.
        lab.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().StopApplication();
        answer.SetResult();
        await Task.WhenAny(lab.Services.GetRequiredService<RunHost>().ExecuteTask!, lab.EndAsync("run"));

        Assert.Single(_fakes.PromptGen.Requests);
        Assert.Single((await lab.Book.GetAsync("run", Cancellation)).State.Answers);
    }

    [Fact]
    public async Task A_request_that_somebody_else_writes_into_is_aborted_and_works_when_it_is_sent_again()
    {
        var journal = new MemoryJournal();
        await journal.AppendAsync(
            "run", 0, [new RunCreated(Events.At, "run", Events.Settings), new RunFailed(Events.At, "The key was refused.")], Cancellation);
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, journal);
        Func<Task> delete = async () => await lab.Client.Runs.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);

        journal.Deleting = runId => journal.AppendAsync(runId, 2, [new RunCancelled(Events.At)], Cancellation);
        Assert.Equal(
            "Run run has version 3, not 2: another host or request wrote to it. Send the request again.",
            await OrchestratorLab.RefusedAsync(StatusCode.Aborted, delete));
        journal.Deleting = _ => Task.CompletedTask;
        await delete();
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, delete);
    }

    // Holds back the answer to one call of the proposer.
    private (Task Asked, TaskCompletionSource Answer) HoldAnswer(int call)
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        _fakes.PromptGen.Instead = async at =>
        {
            if (at != call) return null;
            asked.SetResult();
            await answer.Task;
            return null;
        };
        return (asked.Task, answer);
    }

    // Another orchestrator ends the run of three steps; none of its calls was made twice.
    private async Task GoesOnWithoutAskingAgainAsync()
    {
        await using var next = await OrchestratorLab.StartAsync(_folder, _fakes);
        var run = await next.EndAsync("run");
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Empty(run.Spending.Failures);
        Assert.Equal(3, _fakes.PromptGen.Requests.Count);
    }

    // Losses come as an array where they were written and as a list where they were read: records would compare which.
    private static IEnumerable<string> Scored(RunState run) => run.Scored.Select(prompt =>
        $"{prompt.Step} {prompt.Template.Text} {prompt.Accuracy:R} {prompt.Loss:R} {prompt.Outcomes?.Correct} {string.Join(' ', prompt.Outcomes?.Losses ?? [])}");

    [Fact]
    public async Task Of_two_hosts_of_one_run_the_journal_lets_one_win_and_the_trajectory_is_the_same()
    {
        await using (var alone = await OrchestratorLab.StartAsync(_folder, _fakes))
        {
            await alone.RegisterAsync("tiny");
            await CreateAsync(alone, "alone");
            await alone.EndAsync("alone");
        }
        var gate = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await using var first = await OrchestratorLab.StartAsync(_folder, _fakes);
        await CreateAsync(first, "both");
        await OrchestratorLab.UntilAsync(() => _fakes.PromptGen.Requests.Count == 4);
        // Takes it up too, as on a file system that knows no locks.
        await using var second = await OrchestratorLab.StartAsync(
            _folder, _fakes, services: all => all.AddSingleton<Database>(_ => new SqliteDatabase(Path.Combine(_folder, "state", "ipo.db"))));
        await OrchestratorLab.UntilAsync(() => _fakes.PromptGen.Requests.Count == 5);
        gate.SetResult();

        var run = await second.EndAsync("both");
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(Scored((await second.Book.GetAsync("alone", Cancellation)).State), Scored(run));
        Assert.Equal(Scored(run), Scored((await first.Book.GetAsync("both", Cancellation)).State));
    }

    [Fact]
    public async Task A_resumed_run_is_taken_up_although_its_last_holder_has_not_yet_let_go()
    {
        _fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(FakePromptGen.Failure(V1.FailureKind.Unauthorized));
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, clock: new RushingClock());
        await lab.RegisterAsync("tiny");
        await CreateAsync(lab, "run");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(RunStatus.Failed, (await lab.EndAsync("run")).Status);
            await lab.Client.Runs.ResumeRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        }
        Assert.Equal(RunStatus.Failed, (await lab.EndAsync("run")).Status);
        Assert.Equal(21, _fakes.PromptGen.Requests.Count);
    }

    [Fact]
    public async Task A_caller_who_goes_away_leaves_neither_a_new_nor_a_resumed_run_without_a_worker()
    {
        var journal = new MemoryJournal();
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, journal, new RushingClock());
        await lab.RegisterAsync("tiny");
        var requests = lab.Services.GetRequiredService<RunRequests>();
        _fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(FakePromptGen.Failure(V1.FailureKind.Unauthorized));

        using var creator = new CancellationTokenSource();
        journal.Appended = (_, version) => { if (version == 1) creator.Cancel(); };
        await Record.ExceptionAsync(() => requests.CreateAsync("run", Settings, RunFiling.None, from: null, creator.Token));
        Assert.True(creator.IsCancellationRequested);
        var failed = await lab.EndAsync("run");
        Assert.Equal(RunStatus.Failed, failed.Status);

        _fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(null);
        using var resumer = new CancellationTokenSource();
        journal.Appended = (_, version) => { if (version == failed.Length + 1) resumer.Cancel(); };
        await Record.ExceptionAsync(() => requests.ResumeAsync("run", resumer.Token));
        Assert.True(resumer.IsCancellationRequested);
        Assert.Equal(RunStatus.Completed, (await lab.EndAsync("run")).Status);
    }

    [Fact]
    public async Task Creating_a_run_again_takes_it_up_where_nobody_works_on_it()
    {
        var journal = new MemoryJournal();
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, journal);
        await lab.RegisterAsync("tiny");
        await journal.AppendAsync("run", 0, [new RunCreated(DateTimeOffset.UtcNow, "run", SettingsMessages.Read(Settings))], Cancellation);

        await CreateAsync(lab, "run");

        Assert.Equal(RunStatus.Completed, (await lab.EndAsync("run")).Status);
    }

    [Fact]
    public async Task A_run_whose_journal_could_not_be_written_goes_on_when_it_is_resumed_and_one_that_is_worked_on_needs_no_resuming()
    {
        var (asked, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        _fakes.PromptGen.Instead = async call => { if (call == 1) { asked.SetResult(); await gate.Task; } return null; };
        var full = true;
        var journal =
            new MemoryJournal
            {
                Appending = (_, events) =>
                {
                    if (full && events.Any(happened => happened is ProposalAnswered or RunFailed)) throw new IOException(
                    "The disk is full.");
                }
            };
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, journal);
        await lab.RegisterAsync("tiny");
        await CreateAsync(lab, "run");
        var host = lab.Services.GetRequiredService<RunHost>();
        await OrchestratorLab.UntilAsync(() => !_fakes.PromptGen.Requests.IsEmpty && !host.IsActive("run"));
        var still = await lab.Book.GetAsync("run", Cancellation);
        Assert.Equal(
            (RunStatus.Running, "blocked: its journal cannot be written; see the orchestrator's log. It goes on by itself when it can."),
            (still.State.Status, still.Activity));

        full = false;
        await lab.Client.Runs.ResumeRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await asked.Task;
        Assert.Contains(
            "Run 'run' is running; only a failed or paused run can be resumed",
            await OrchestratorLab.RefusedAsync(
                Grpc.Core.StatusCode.FailedPrecondition, async () =>
                    await lab.Client.Runs.ResumeRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        gate.SetResult();
        Assert.Equal(RunStatus.Completed, (await lab.EndAsync("run")).Status);
    }

    [Fact]
    public async Task A_damaged_run_is_left_out_of_the_list_and_says_what_is_wrong_and_others_go_on()
    {
        await using (var lab = await OrchestratorLab.StartAsync(_folder, _fakes))
        {
            await lab.RegisterAsync("tiny");
            await CreateAsync(lab, "good");
            await CreateAsync(lab, "bad");
            await lab.EndAsync("good");
            await lab.EndAsync("bad");
        }
        using (var database = new Ipo.Orchestrator.Storage.SqliteDatabase(Path.Combine(_folder, "state/ipo.db")))
        using (var connection = database.Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "DELETE FROM run_events WHERE run = (SELECT key FROM runs WHERE run_id = 'bad') AND version = 3";
            command.ExecuteNonQuery();
        }

        await using var after = await OrchestratorLab.StartAsync(_folder, _fakes);
        Assert.Equal("good", Assert.Single((await after.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs).RunId);
        var damaged =
            await Assert.ThrowsAsync<Grpc.Core.RpcException>(
                async () => await after.Client.Runs.GetRunAsync(new() { RunId = "bad" }, cancellationToken: Cancellation));
        Assert.Equal(Grpc.Core.StatusCode.DataLoss, damaged.StatusCode);
        Assert.Contains("Event 3 of run bad is missing", damaged.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unexpected_fault_fails_the_run_with_a_reference_and_no_stack()
    {
        _fakes.PromptGen.Answer = _ => "<INS>a <CLASS></INS>";
        _fakes.Scorer.Before = method => { if (method == "GetModel") _fakes.Scorer.Model = new() { Name = "no digest" }; };
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes);
        await lab.RegisterAsync("tiny");
        _fakes.Scorer.Before = method => { if (method == "PutImageSet") throw new InvalidOperationException("secret detail"); };
        await CreateAsync(lab, "run");
        var run = await lab.EndAsync("run");
        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.DoesNotContain("   at ", run.FailureReason, StringComparison.Ordinal);
        Assert.DoesNotContain("secret detail", run.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_one_trace_with_a_span_per_step_also_after_a_restart()
    {
        var spans = new ConcurrentQueue<Activity>();
        var trace = RunTrace.IdOf("traced");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Ipo.Orchestrator",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => { if (span.TraceId == trace) spans.Enqueue(span); },
        };
        ActivitySource.AddActivityListener(listener);

        var stop = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async call =>
            { if (call == 1) { stop.SetResult(); await Task.Delay(Timeout.Infinite, Cancellation); } return null; };
        var lab = await OrchestratorLab.StartAsync(_folder, _fakes, options: set => set.StopGrace = TimeSpan.Zero);
        await lab.RegisterAsync("tiny");
        await CreateAsync(lab, "traced");
        await stop.Task;
        await lab.DisposeAsync();
        await using (var next = await OrchestratorLab.StartAsync(_folder, _fakes)) await next.EndAsync("traced");

        Assert.True(spans.Count(span => span.DisplayName == "run") == 2,
            string.Join('\n', spans.Select(span => $"{span.StartTimeUtc:O} {span.DisplayName} {span.Duration}")));
        foreach (var name in new[] { "prepare", "describe", "baseline", "step 1", "step 2", "step 3", "evaluate" })
            Assert.Contains(spans, span => span.DisplayName == name);
        var runs = spans.Where(span => span.DisplayName == "run").Select(span => span.SpanId).ToHashSet();
        Assert.All(spans.Where(span => span.DisplayName != "run"), span => Assert.Contains(span.ParentSpanId, runs));
    }

    private static V1.RunSettings Settings => new() { Dataset = "tiny", Steps = 3, Shots = 2, CandidatesPerStep = 4, Descriptions = true };

    private static async Task CreateAsync(OrchestratorLab lab, string id) =>
        await lab.Client.Runs.CreateRunAsync(new() { RunId = id, Settings = Settings }, cancellationToken: Cancellation);

    private sealed class Meters : System.Diagnostics.Metrics.IMeterFactory
    {
        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

        public void Dispose() { }
    }
}
