using CsCheck;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Loop;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.State;

public sealed class RunStateTests
{
    private static readonly RunEvent Created = new RunCreated(Events.At, "run-1", Events.Settings);
    private static readonly CallUsage Usage = new(100, 20, 300, TimeSpan.FromSeconds(1));

    [Fact]
    public void Every_prefix_of_a_journal_folds_and_one_more_event_is_one_more_fold()
    {
        var host = new SimulatedHost(
            Events.Settings)
        { Failing = (_, before) => before == 0 ? Events.Failure(FailureKind.TimedOut) : null };
        Assert.True(host.Run());
        var state = RunState.Fold(host.Journal.Take(1));
        for (var length = 1; length < host.Journal.Count; length++)
        {
            state = state.Apply(host.Journal[length]);
            Assert.Equal(length + 1, state.Length);
            Assert.Equal(Everything(RunState.Fold(host.Journal.Take(length + 1))), Everything(state));
        }
        Assert.Equal(RunStatus.Completed, state.Status);
    }

    [Fact]
    public void A_journal_begins_with_the_runs_creation_and_has_one()
    {
        Assert.Equal("The journal is empty.", Assert.Throws<InvalidOperationException>(() => RunState.Fold([])).Message);
        Assert.Equal(
            "A journal begins with RunCreated, not RunPickedUp.",
            Assert.Throws<InvalidOperationException>(() => Fold(new RunPickedUp(Events.At), Created)).Message);
        Assert.Equal(
            "RunCreated cannot follow here in a journal.", Assert.Throws<InvalidOperationException>(() => Fold(Created, Created)).Message);
    }

    [Fact]
    public void Only_a_failed_or_paused_run_is_resumed()
    {
        RunEvent resumed = new RunResumed(Events.At);
        Assert.Equal(RunStatus.Running, Fold(Created, new RunFailed(Events.At, "No key."), resumed).Status);
        Assert.Null(Fold(Created, new RunFailed(Events.At, "No key."), resumed).FailureReason);
        Assert.Equal(RunStatus.Running, Fold(Created, new PauseRequested(Events.At), new RunPaused(Events.At), resumed).Status);
        foreach (RunEvent[] others
            in new RunEvent[][] { [Created], [Created, new RunCompleted(Events.At)], [Created, new RunCancelled(Events.At)] })
            Assert.Throws<InvalidOperationException>(() => Fold([.. others, resumed]));
    }

    [Fact]
    public void A_new_run_is_what_was_asked_for_and_nothing_else()
    {
        var run = Fold(Created);
        Assert.Equal(("run-1", Events.Settings, Events.At, Events.At), (run.RunId, run.Settings, run.CreatedAt, run.UpdatedAt));
        Assert.Equal((RunStatus.Running, true, 1L, TimeSpan.Zero), (run.Status, run.IsRunning, run.Length, run.Elapsed));
        Assert.Null(run.Baseline);
        Assert.Null(run.Best);
    }

    [Fact]
    public void The_statuses_follow_the_journal()
    {
        Assert.Equal(
            (RunStatus.Failed, "No key."),
            (Fold(Created, new RunFailed(Events.At, "No key.")).Status, Fold(Created, new RunFailed(Events.At, "No key.")).FailureReason));
        Assert.False(Fold(Created, new RunFailed(Events.At, "No key.")).IsRunning);
        Assert.Equal(RunStatus.Completed, Fold(Created, new RunCompleted(Events.At)).Status);
        Assert.Equal(RunStatus.Cancelled, Fold(Created, new RunCancelled(Events.At)).Status);
        var paused = Fold(Created, new PauseRequested(Events.At), new RunPaused(Events.At));
        Assert.Equal((RunStatus.Paused, false, false), (paused.Status, paused.IsRunning, paused.IsAskedToPause));
        Assert.False(Fold(Created, new PauseRequested(Events.At), new StopRequested(Events.At)).IsAskedToPause);
    }

    [Fact]
    public void Elapsed_counts_from_each_pick_up_to_the_last_event_before_the_next()
    {
        var run = Fold(
            Created,
            new RunPickedUp(Minute(60)), // waited an hour for a host
            new ImagesEmbedded(Minute(61), 0, 6),
            new RunPickedUp(Minute(600)), // the host was away for nine hours
            new StepCompleted(Minute(602), 1),
            new RunFailed(Minute(603), "No key."),
            new RunResumed(Minute(900)),
            new StepCompleted(Minute(904), 2),
            new RunCompleted(Minute(905)),
            new RunPickedUp(Minute(999)));
        Assert.Equal(TimeSpan.FromMinutes(1 + 3 + 5), run.Elapsed);
        Assert.Equal(Minute(999), run.UpdatedAt);
    }

    [Fact]
    public void Elapsed_survives_hosts_whose_clocks_differ_and_a_clock_that_is_set_back()
    {
        var run = Fold(
            Created,
            new RunPickedUp(Minute(100)),
            new StepCompleted(Minute(101), 1),
            new RunPickedUp(Minute(40)), // another host, an hour behind
            new StepCompleted(Minute(42), 2),
            new StepCompleted(Minute(30), 3), // its clock is set back: nobody knows how long this took
            new StepCompleted(Minute(34), 4));
        Assert.Equal(TimeSpan.FromMinutes(1 + 2 + 0 + 4), run.Elapsed);
    }

    [Fact]
    public void Elapsed_is_never_more_than_the_time_between_first_and_last_event() => Gen.Int[0, 100].Array[1, 40].Sample(minutes =>
    {
        Array.Sort(minutes);
        var run = RunState.Fold(
            minutes.Select((minute, i) => (RunEvent)(i % 7 == 0 ? new RunPickedUp(Minute(minute)) : new StepCompleted(Minute(minute), i)))
                .Prepend(Created));
        Assert.InRange(run.Elapsed, TimeSpan.Zero, Minute(minutes[^1]) - Events.At);
    });

    [Fact]
    public void Counts_what_was_spent()
    {
        var run = Fold(
            Created,
            Events.Prepared,
            new ImagesEmbedded(Events.At, 4, 2),
            new DescriptionReceived(Events.At, "a0", "x", Cached: true, Usage, "eyes-1"),
            new DescriptionReceived(Events.At, "a1", "y", Cached: false, Usage, "eyes-1"),
            new DescriptionFailed(Events.At, "b0", Events.Failure(FailureKind.Empty), Usage with { InputTokens = 7 }),
            new ProposalAnswered(Events.At, 1, 0, "", Usage, "words-1"),
            new ProposalFailed(Events.At, 1, 1, Events.Failure(FailureKind.TimedOut), CallUsage.None),
            new ProposalFailed(Events.At, 1, 1, Events.Failure(FailureKind.TimedOut), CallUsage.None));
        var spent = run.Spending;
        Assert.Equal((5, 5), (spent.Calls, spent.PaidCalls));
        Assert.Equal((207, 60, 900), (spent.InputTokens, spent.OutputTokens, spent.CostMicroUsd));
        Assert.Equal((4, 2), (spent.ImagesCached, spent.ImagesEncoded));
        Assert.Equal([new(FailureKind.TimedOut, 2), new(FailureKind.Empty, 1)], spent.Failures);
    }

    [Fact]
    public void Calls_to_unpaid_providers_are_calls_but_no_paid_ones()
    {
        RunEvent[] calls =
        [
            new DescriptionReceived(Events.At, "a1", "y", Cached: false, Usage, "eyes-1"),
            new DescriptionFailed(Events.At, "a0", Events.Failure(FailureKind.Empty), Usage),
            new DescriptionRequested(Events.At, "b0", 1),
            new ProposalAnswered(Events.At, 1, 0, "", Usage, "words-1"),
            new ProposalFailed(Events.At, 1, 1, Events.Failure(FailureKind.TimedOut), Usage),
            new ProposalRequested(Events.At, 1, 1, 2, ""),
            new RunPickedUp(Events.At),
        ];
        (long, long) Spent(bool captioner, bool proposer)
        {
            var prepared = Events.Prepared with { Proposer = new("words", "", proposer), Captioner = new("eyes", "", captioner) };
            var spent = Fold([Created, prepared, .. calls]).Spending;
            return (spent.Calls, spent.PaidCalls);
        }
        Assert.Equal((6, 0), Spent(false, false));
        Assert.Equal((6, 3), Spent(true, false));
        Assert.Equal((6, 3), Spent(false, true));
        Assert.Equal((6, 6), Spent(true, true));
    }

    [Theory]
    [InlineData(typeof(RunPickedUp))]
    [InlineData(typeof(RunCancelled))]
    public void A_call_in_flight_counts_once_when_its_host_is_gone(Type gone)
    {
        var next = (RunEvent)Activator.CreateInstance(gone, Events.At)!;
        var run = Fold(
            Created, Events.Prepared, new ProposalRequested(Events.At, 1, 0, 1, ""), new DescriptionRequested(Events.At, "a0", 1), next,
            new RunPickedUp(Events.At));
        Assert.Equal((2, 2), (run.Spending.Calls, run.Spending.PaidCalls));
        Assert.Equal([new(FailureKind.Interrupted, 2)], run.Spending.Failures);
    }

    [Fact]
    public void A_call_in_flight_when_the_run_failed_counts_once_it_is_resumed()
    {
        var run = Fold(
            Created, Events.Prepared, new ProposalRequested(Events.At, 1, 0, 1, ""), new RunFailed(Events.At, "No key."),
            new RunResumed(Events.At), new RunPickedUp(Events.At));
        Assert.Equal(1, run.Spending.Calls);
    }

    [Fact]
    public void Keeps_the_trajectory_its_baseline_and_its_best()
    {
        var run = Fold(
            Created,
            new TemplateScored(Events.At, 0, "a photo of a <CLASS>.", 0.5, 2),
            new TemplateScored(Events.At, 1, "a sketch of a <CLASS>.", 0.75, 3),
            new TemplateScored(Events.At, 1, "a drawing of a <CLASS>.", 0.75, 1),
            new StepCompleted(Events.At, 1));
        Assert.Equal(
            ["a photo of a <CLASS>.", "a sketch of a <CLASS>.", "a drawing of a <CLASS>."],
            run.Scored.Select(prompt => prompt.Template.Text));
        Assert.Equal(new ScoredPrompt(PromptTemplate.Baseline, 0.5, 2, 0), run.Baseline);
        Assert.Equal("a drawing of a <CLASS>.", run.Best!.Template.Text);
        Assert.Equal(1, run.StepsCompleted);
        Assert.Equal(run.Scored.Select(prompt => prompt.Template.Identity).Order(), run.Tried.Order());
    }

    [Fact]
    public void A_step_that_is_complete_lets_its_answers_go()
    {
        RunEvent[] events =
            [Created, Events.Prepared, new ProposalAnswered(Events.At, 1, 1, "later", Usage, ""),
                new ProposalAnswered(Events.At, 1, 0, "sooner", Usage, "")];
        Assert.Equal([new(0, "sooner"), new(1, "later")], Fold(events).Answers);
        Assert.Empty(Fold([.. events, new StepCompleted(Events.At, 1)]).Answers);
    }

    [Fact]
    public void Refusals_are_counted_by_reason_and_only_what_the_scorer_refused_was_tried()
    {
        var run = Fold(
            Created,
            new TemplateRefused(Events.At, 1, "a photo", RefusalReason.NoClass, "No class."),
            new TemplateRefused(Events.At, 1, "a photo", RefusalReason.NoClass, "No class."),
            new TemplateRefused(Events.At, 1, "A Photo of many words and a <CLASS>", RefusalReason.Unscorable, "Too long."));
        Assert.Equal([new(RefusalReason.NoClass, 2), new(RefusalReason.Unscorable, 1)], run.Refusals);
        Assert.Equal(["a photo of many words and a <class>"], run.Tried);
        Assert.Empty(run.Scored);
    }

    private static RunState Fold(params RunEvent[] events) => RunState.Fold(events);

    private static DateTimeOffset Minute(int minute) => Events.At + TimeSpan.FromMinutes(minute);

    private static string Everything(RunState run) => string.Join('\n',
    [
        Events.Trajectory(run),
        $"{run.RunId} {run.Length} {run.Elapsed} {run.UpdatedAt:O} {run.Status} {run.FailureReason} {run.Embedded}",
        System.Text.Json.JsonSerializer.Serialize(run.Spending),
        string.Join('\n', run.Answers),
        string.Join('\n', run.Tried.Order()),
        System.Text.Json.JsonSerializer.Serialize<object>(Planner.Next(run)),
    ]);
}
