using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class RunsCommandTests : CommandTest
{
    private protected override void Prepare()
    {
        Orchestrator.Run = Runs.AfterStep(2);
    }

    [Theory]
    [InlineData("runs")]
    [InlineData("runs list")]
    public async Task Runs_are_listed_in_columns(string args)
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync([.. args.Split(' '), "--dataset", "flowers"]));
        Assert.Equal(
            """
            RUN  STATE         VERDICT  BASELINE → CHOSEN  PROMPT  COST     CREATED
            r1   running, 2/4                                      $0.0042  2025-03-01 12:00Z

            """, line.Out);
        Assert.Equal("flowers", Orchestrator.Requests.OfType<ListRunsRequest>().Single().Dataset);
    }

    [Fact]
    public async Task Runs_are_found_by_their_labels_and_shown_with_them()
    {
        Orchestrator.Run.Labels.Add(new Dictionary<string, string> { ["ticket"] = "", ["team"] = "vision" });
        Assert.Equal(ExitCode.Done, await Line().RunAsync("runs", "--label", "team=vision", "--label", "ticket"));
        Assert.Equal(["team=vision", "ticket"], Orchestrator.Requests.OfType<ListRunsRequest>().Single().Labels);
        var line = Line();
        await line.RunAsync("runs", "show", "r1");
        Assert.Contains("Labels            team=vision, ticket=\n", line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_are_found_by_their_state()
    {
        Assert.Equal(ExitCode.Done, await Line().RunAsync("runs", "--state", "queued"));
        Assert.Equal([RunState.Queued], Orchestrator.Requests.OfType<ListRunsRequest>().Single().States);
        var line = Line();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("runs", "--state", "done"));
        Assert.StartsWith("ipo: --state does not take 'done'; it takes running or completed", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_a_display_name_is_found_by_it_and_listed_with_it()
    {
        Orchestrator.Run.DisplayName = "second try";
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("runs", "--display-name", "try"));
        Assert.Equal(
            """
            RUN  NAME        STATE         VERDICT  BASELINE → CHOSEN  PROMPT  COST     CREATED
            r1   second try  running, 2/4                                      $0.0042  2025-03-01 12:00Z

            """, line.Out);
        Assert.Equal("try", Orchestrator.Requests.OfType<ListRunsRequest>().Single().DisplayName);
        var show = Line();
        await show.RunAsync("runs", "show", "r1");
        Assert.Contains("Name              second try\n", show.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_completed_run_is_listed_with_what_was_proved_and_not_with_search_figures()
    {
        Orchestrator.Run = Runs.Completed;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("runs"));
        Assert.Equal(
            ["RUN", "STATE", "VERDICT", "BASELINE → CHOSEN", "PROMPT", "COST", "CREATED"], Cells(line.OutLines[0]));
        Assert.Equal(
            ["r1", "completed", "better", "78.0 % → 82.0 %, 400 test images", "a close-up photo of a <CLASS> flower.", "$0.0084", "2025-03-01 12:00Z"],
            Cells(line.OutLines[1]));

        static string[] Cells(string row) => row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    [Theory]
    [InlineData("last")]
    [InlineData("flow")]
    public async Task A_run_is_named_by_last_or_the_beginning_of_its_id(string given)
    {
        Orchestrator.Run = Runs.AfterStep(2);
        Orchestrator.Run.RunId = "flowers-k7x2";
        Orchestrator.Faults["GetRun"] = new(new(StatusCode.NotFound, "There is no run."));
        Assert.Equal(ExitCode.Done, await Line().RunAsync("runs", "resume", given));
        Assert.Equal("flowers-k7x2", Orchestrator.Requests.OfType<ResumeRunRequest>().Single().RunId);
    }

    [Fact]
    public async Task A_beginning_that_several_runs_share_names_them()
    {
        Orchestrator.Faults["GetRun"] = new(new(StatusCode.NotFound, "There is no run."));
        Orchestrator.Others = [.. "abcdef".Select(letter => new Run { RunId = $"r{letter}" })];
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs", "resume", "r"));
        Assert.Equal("ipo: 7 runs begin with 'r': r1, ra, rb, rc, rd, …. Type more of the id.\n", line.Complaint);
        Assert.Empty(Orchestrator.Requests.OfType<ResumeRunRequest>());
    }

    // A script that deletes study-1 twice must not delete study-10.
    [Theory]
    [InlineData("delete")]
    [InlineData("cancel")]
    public async Task What_cannot_be_undone_takes_a_whole_id(string verb)
    {
        Orchestrator.Faults[verb == "delete" ? "DeleteRun" : "CancelRun"] = new(new(StatusCode.NotFound, "There is no run 'study-1'."));
        Orchestrator.Run.RunId = "study-10";
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync(verb == "delete" ? ["runs", "delete", "study-1", "--yes"] : ["runs", "cancel", "study-1"]));
        Assert.Equal("ipo: There is no run 'study-1'.\n", line.Complaint);
        Assert.Single(Orchestrator.Requests);
    }

    [Fact]
    public async Task One_run_is_shown_with_everything_about_it()
    {
        Orchestrator.Run.Refusals.Add([new() { Reason = RefusalReason.Duplicate, Count = 2 }, new() { Reason = RefusalReason.NoClass, Count = 5 }]);
        Orchestrator.Run.Spending.Failures.Add(new FailureCount { Kind = FailureKind.RateLimited, Calls = 3 });
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("runs", "show", "r1"));
        Assert.Equal(
            """
            RUN               r1
            State             running
            Activity          scoring candidates
            Dataset           flowers
            Settings          preset ipo-paper, seed 7, 16 shots, base classes, 8 candidates a step, memory of 20
            Step              2 of 4
            Search, best      82.0 %, loss 0.570, from step 2: a close-up photo of a <CLASS> flower.
            Search, baseline  80.0 %, loss 0.610: a photo of a <CLASS>.
            Scored            17 templates
            Refused           5 without <CLASS>, 2 repeated
            Spent             2 calls, 2,000 tokens, $0.0042
            Failed calls      3 rate-limited
            Images            10 cached, 90 encoded
            Running time      0:30
            Created           2025-03-01 12:00Z
            Proposer          evolve
            Captioner         none
            Checkpoint        ipo-tiny (cpu, fp32)

            """, line.Out);
    }

    [Fact]
    public async Task A_run_that_was_just_created_can_be_listed_and_shown()
    {
        Orchestrator.Run = new() { RunId = "r1", State = RunState.Running };
        foreach (var args in (string[][])[["runs"], ["runs", "show", "r1"]]) Assert.Equal(ExitCode.Done, await Line().RunAsync(args));
    }

    [Fact]
    public async Task A_run_that_waits_for_its_turn_is_queued()
    {
        Orchestrator.Run = new() { RunId = "r1", State = RunState.Queued, Activity = "waiting for its turn" };
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("runs", "show", "r1"));
        Assert.Contains("State      queued", line.Out, StringComparison.Ordinal);
        Assert.Contains("Activity   waiting for its turn", line.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cancel", RunState.Cancelled, "Run r1 is cancelled.\n")]
    [InlineData("resume", RunState.Running, "Run r1 is running again. Watch it with: ipo watch r1\n")]
    public async Task A_run_is_cancelled_and_resumed(string verb, RunState state, string expected)
    {
        Orchestrator.Run.State = state;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("runs", verb, "r1"));
        Assert.Equal(expected, line.Out);
        Assert.Equal(verb == "cancel" ? typeof(CancelRunRequest) : typeof(ResumeRunRequest), Orchestrator.Requests.Last().GetType());
    }

    [Theory]
    [InlineData(RunState.Running, "Run r1 will stand still after its current step. Let it go on with: ipo runs resume r1\n")]
    [InlineData(RunState.Paused, "Run r1 is paused.\n")]
    public async Task A_run_is_paused(RunState state, string expected)
    {
        Orchestrator.Run.State = state;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("runs", "pause", "r1"));
        Assert.Equal(expected, line.Out);
        Assert.IsType<PauseRunRequest>(Orchestrator.Requests.Last());
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("YES\n", true)]
    [InlineData("n\n", false)]
    [InlineData("\n", false)]
    [InlineData("", false)]
    public async Task Deleting_asks_first(string answer, bool deletes)
    {
        var line = Line(answer, canAnswer: true);
        Assert.Equal(deletes ? ExitCode.Done : ExitCode.Error, await line.RunAsync("runs", "delete", "r1"));
        Assert.StartsWith("Delete run r1 with its journal and report? This cannot be undone. [y/N] ", line.Complaint, StringComparison.Ordinal);
        Assert.Equal(deletes ? 1 : 0, Orchestrator.Requests.OfType<DeleteRunRequest>().Count());
        Assert.Equal(deletes ? "Deleted run r1.\n" : "", line.Out);
    }

    [Fact]
    public async Task Repairing_where_nobody_can_be_asked_takes_yes()
    {
        var line = Line();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("runs", "repair", "r1"));
        Assert.Equal("ipo: Cutting a run cannot be undone, and there is no terminal to confirm on; use --yes.\nNext: ipo runs repair --help\n", line.Error);
        Assert.Empty(Orchestrator.Requests);
    }

    [Fact]
    public async Task Deleting_where_nobody_can_be_asked_takes_yes()
    {
        var line = Line();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("runs", "delete", "r1"));
        Assert.Equal("ipo: Deleting a run cannot be undone, and there is no terminal to confirm on; use --yes.\n", line.Complaint);
        Assert.Empty(Orchestrator.Requests);
        Assert.Equal(ExitCode.Done, await Line().RunAsync("runs", "delete", "r1", "--yes"));
        Assert.Single(Orchestrator.Requests.OfType<DeleteRunRequest>());
    }

    [Fact]
    public async Task Deleting_a_run_at_work_is_refused_in_the_orchestrators_words()
    {
        Orchestrator.Faults["DeleteRun"] = new(new(StatusCode.FailedPrecondition, "Run 'r1' is running; cancel it first."));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs", "delete", "r1", "-y"));
        Assert.Equal("ipo: Run 'r1' is running; cancel it first.\n", line.Complaint);
    }
}
