using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ipo.Tests.Cli.Watching;

public sealed class RunFollowerTests : CommandTest
{
    private protected override void Prepare()
    {
        Orchestrator.Run = Runs.AfterStep(1);
        Orchestrator.Report = Runs.Report;
    }

    [Fact]
    public async Task Watching_ends_with_what_was_found_in_ten_lines()
    {
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(2), Runs.Completed]));
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("watch", "r1"));
        Assert.Equal(
            """
            Better: the winner beats the baseline on 400 test images. (flowers, run r1)
              winner      82.0 % (77.9–85.5)  a close-up photo of a <CLASS> flower.
              baseline    78.0 % (73.7–81.8)  a photo of a <CLASS>.
              difference  +4.0 points (+1.5 to +6.8), McNemar p = 0.002; 400 test images, all 5 classes
              cost        4 calls, 4,000 tokens, $0.0084, 0:50
              advice      Use the winner.
              use it      ipo classify r1 IMAGE…
                          ipo export r1 --format open_clip --out templates.json
              report      ipo report r1

            """, line.Out);
    }

    [Fact]
    public async Task A_run_that_was_completed_before_is_told_in_one_line()
    {
        Orchestrator.Run = Runs.Completed;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("watch", "r1"));
        Assert.Equal("Better: the winner beats the baseline on 400 test images. (run r1): 78.0 % → 82.0 % on 400 test images\n", line.Out);
        Assert.Equal("Its report: ipo report r1\n", line.Error);
    }

    [Fact]
    public async Task As_json_every_change_is_a_line()
    {
        Run[] states = [Runs.AfterStep(2), Runs.AfterStep(3), Runs.Completed];
        Orchestrator.Watches.Enqueue(new(states));
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("watch", "r1", "--json"));
        Assert.Equal(states, line.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(json => WatchRunResponse.Parser.ParseJson(json).Run));
        Assert.Empty(line.Error);
    }

    [Theory]
    [InlineData("watch r1")]
    [InlineData("watch r1 --json")]
    [InlineData("optimize flowers")]
    [InlineData("optimize flowers --json")]
    public async Task Ctrl_C_detaches_and_says_how_to_come_back(string args)
    {
        using var ctrlC = new CancellationTokenSource();
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(2)], Waits: true));
        var line = Line();
        var running = line.RunAsync(ctrlC.Token, [.. args.Split(' '), "--server", Orchestrator.Address]);
        await CommandLine.UntilAsync(() => Orchestrator.Requests.OfType<WatchRunRequest>().Any(), () => "a watch stream");
        await ctrlC.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
        Assert.EndsWith($"Detached; the run continues. Watch it again with: ipo watch r1 --server {Orchestrator.Address}\n", line.Error, StringComparison.Ordinal);
        Assert.Empty(Orchestrator.Requests.OfType<CancelRunRequest>());
    }

    [Fact]
    public async Task Ctrl_C_before_there_is_a_run_just_stops()
    {
        using var ctrlC = new CancellationTokenSource();
        Orchestrator.Slowness = TimeSpan.FromMinutes(1);
        var line = Line();
        var running = line.RunAsync(ctrlC.Token, "watch", "r1");
        await CommandLine.UntilAsync(() => !Orchestrator.Requests.IsEmpty, () => "a call");
        await ctrlC.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
        Assert.Equal("ipo: Interrupted.\n", line.Error);
    }

    [Fact]
    public async Task A_run_that_failed_exits_with_3_and_says_how_to_go_on()
    {
        Orchestrator.Watches.Enqueue(new([Runs.Failed]));
        var line = Line();
        Assert.Equal(ExitCode.RunNotCompleted, await line.RunAsync("watch", "r1"));
        Assert.Equal("ipo: Run r1 failed: The proposer refused the key; set OPENAI_API_KEY. Resume it with: ipo runs resume r1", line.ErrorLines[^1]);
        Assert.Empty(line.Out);
    }

    [Fact]
    public async Task A_run_that_was_cancelled_exits_with_3_and_gives_the_run_as_json()
    {
        Orchestrator.Watches.Enqueue(new([Runs.Cancelled]));
        var line = Line();
        Assert.Equal(ExitCode.RunNotCompleted, await line.RunAsync("optimize", "flowers", "--json"));
        Assert.Equal("ipo: Run r1 was cancelled. What it found: ipo runs show r1", line.ErrorLines[^1]);
        Assert.Equal(Runs.Cancelled, GetRunResponse.Parser.ParseJson(line.Out).Run);
    }

    [Fact]
    public async Task A_broken_stream_is_opened_again_and_the_person_is_told()
    {
        Orchestrator.Watches.Enqueue(new([], Breaks: true));
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(2)], new(new(StatusCode.Unavailable, "The orchestrator is shutting down."))));
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(3)]));
        Orchestrator.Watches.Enqueue(new([Runs.Completed]));
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow) { AutoAdvanceAmount = TimeSpan.Zero };
        var line = Line(time: time);
        var running = line.RunAsync("watch", "r1");
        await AdvanceUntilDoneAsync(time, running);
        Assert.Equal(ExitCode.Done, await running);
        Assert.StartsWith("Better: ", line.Out, StringComparison.Ordinal);
        Assert.Equal(3, line.ErrorLines.Count(told => told.StartsWith("Connection lost (", StringComparison.Ordinal) && told.EndsWith("); retrying in 1 s. The run continues.", StringComparison.Ordinal)));
        Assert.Contains("Connection lost (The orchestrator is shutting down); retrying in 1 s.", line.Error, StringComparison.Ordinal);
        Assert.Contains("Connection lost (the orchestrator ended the stream); retrying in 1 s.", line.Error, StringComparison.Ordinal);
        Assert.Equal(3, line.ErrorLines.Count(told => told.StartsWith("step ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Between_failed_tries_it_waits_longer_and_longer_and_gives_up_after_five_minutes()
    {
        for (var i = 0; i < 30; i++) Orchestrator.Watches.Enqueue(new([], new(new(StatusCode.Unavailable, "No."))));
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var line = Line(time: time);
        var running = line.RunAsync("watch", "r1");
        await AdvanceUntilDoneAsync(time, running);
        Assert.Equal(ExitCode.Error, await running);
        var pauses = line.ErrorLines.Where(told => told.StartsWith("Connection lost", StringComparison.Ordinal)).Select(told => told.Split("retrying in ")[1].Split(' ')[0]);
        Assert.Equal(["1", "2", "4", "8", "16", "30", "30"], pauses.Take(7));
        Assert.StartsWith("ipo: The orchestrator has not answered for 5 minutes (No). The run resumes", line.ErrorLines[^1], StringComparison.Ordinal);
        Assert.EndsWith("ipo watch r1", line.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_finds_an_orchestrator_that_came_back_on_another_port()
    {
        var home = Directory.CreateTempSubdirectory("ipo-home-");
        await using var second = await FakeOrchestrator.StartAsync();
        second.Watches.Enqueue(new([Runs.Completed]));
        second.Report = Runs.Report;
        WriteEndpoints(Orchestrator.Address);
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(1)], Waits: true));
        var line = new CommandLine();
        line.Environment["IPO_HOME"] = home.FullName;
        var running = line.RunAsync("watch", "r1");
        await line.UntilToldAsync("step 1/4");
        File.Delete(Path.Combine(home.FullName, "endpoints.json")); // as an AppHost that stops does
        await Orchestrator.DisposeAsync();
        await line.UntilToldAsync("no running AppHost");
        WriteEndpoints(second.Address);
        Assert.Equal(ExitCode.Done, await running);
        Assert.StartsWith("Better: ", line.Out, StringComparison.Ordinal);
        home.Delete(recursive: true);

        void WriteEndpoints(string address) => File.WriteAllText(
            Path.Combine(home.FullName, "endpoints.json"), $$$$"""{"pid":1,"services":{"orchestrator":{"grpc":"{{{{address}}}}"}}}""");
    }

    [Fact]
    public async Task A_fault_that_trying_again_does_not_mend_ends_it()
    {
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(1)], new(new(StatusCode.NotFound, "There is no run 'r1'."))));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("watch", "r1"));
        Assert.Equal(["ipo: There is no run 'r1'.", "Next: ipo watch --help"], line.ErrorLines[^2..]);
    }

    [Fact]
    public async Task A_live_block_is_drawn_in_place()
    {
        Orchestrator.Watches.Enqueue(new([Runs.Encoding, Runs.AfterStep(1), Runs.Completed]));
        var line = Line(time: new FakeTimeProvider(DateTimeOffset.UtcNow), live: true);
        Assert.Equal(ExitCode.Done, await line.RunAsync("watch", "r1"));
        var frames = line.Error.Split("\e[J");
        Assert.Equal(3, frames.Length);
        Assert.Equal("Run r1\nencoding images  \e[32m━━━━━━━━━━\e[0m──────────────────────────────  25 %\r", frames[0]);
        Assert.StartsWith("step 1/4  ", frames[1], StringComparison.Ordinal);
        Assert.EndsWith("\nspent     1 call, 1,000 tokens, $0.0021\r\e[4A", frames[1], StringComparison.Ordinal);
        Assert.EndsWith("\nspent     4 calls, 4,000 tokens, $0.0084\n", frames[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_watched_late_shows_its_curve_from_the_beginning()
    {
        Orchestrator.Run = Runs.AfterStep(3);
        Orchestrator.Report = new() { Search = new() { Curve = { Points(0.80, 0.81, 0.81, 0.83) } } };
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(3), Runs.Completed]));
        var line = Line(time: new FakeTimeProvider(DateTimeOffset.UtcNow), live: true);
        Assert.Equal(ExitCode.Done, await line.RunAsync("watch", "r1"));
        Assert.Contains("\nsearch    ▁▃▃█  80.0 % → 83.0 % of the search images\n", line.Error, StringComparison.Ordinal);
        Assert.Contains("\nsearch    ▁▃▃▆█  80.0 % → 84.0 % of the search images\n", line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    public async Task On_a_screen_the_end_has_pictures_and_the_verdict_its_colour(string noColor)
    {
        Orchestrator.Report = new() { Report = new() { Run = Runs.Completed, Curve = { Points(0.80, 0.83, 0.84) } } };
        Orchestrator.Watches.Enqueue(new([Runs.Completed]));
        var line = new CommandLine { OutLive = true };
        line.Environment["IPO_SERVER"] = Orchestrator.Address;
        line.Environment["NO_COLOR"] = noColor;
        Assert.Equal(ExitCode.Done, await line.RunAsync("watch", "r1"));
        var verdict = "Better: the winner beats the baseline on 400 test images. (flowers, run r1)";
        Assert.Equal(noColor == "1" ? verdict : $"\e[32m{verdict}\e[0m", line.OutLines[0]);
        Assert.Equal(
            [
                "  baseline    ├─────────────────────●─────────────────┤",
                "  winner                           ├───────────────────●─────────────────┤",
                "              73.7 %                                                85.5 %",
                "  search      ▁▆█  80.0 % → 84.0 % of the search images",
            ],
            line.OutLines[^4..]);
    }

    private static IEnumerable<CurvePoint> Points(params double[] best) =>
        best.Select((accuracy, step) => new CurvePoint { Step = step, BestAccuracy = accuracy });

    [Fact]
    public async Task Away_from_a_screen_no_picture_is_drawn_and_no_curve_asked_for()
    {
        Orchestrator.Run = Runs.AfterStep(3);
        Orchestrator.Watches.Enqueue(new([Runs.Completed]));
        var line = Line();
        await line.RunAsync("watch", "r1");
        Assert.DoesNotContain("●", line.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("▁", line.Out + line.Error, StringComparison.Ordinal);
        Assert.Empty(Orchestrator.Requests.OfType<GetRunReportRequest>());
    }

    [Fact]
    public async Task A_live_block_counts_down_between_states()
    {
        using var ctrlC = new CancellationTokenSource();
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(0), Runs.AfterStep(1), Runs.AfterStep(2)], Waits: true));
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var line = Line(time: time, live: true);
        var running = line.RunAsync(ctrlC.Token, "watch", "r1");
        await line.UntilToldAsync("0:20 left");
        time.Advance(TimeSpan.FromSeconds(5));
        await line.UntilToldAsync("0:15 left");
        await ctrlC.CancelAsync();
        await running;
    }

    [Fact]
    public async Task No_color_means_no_colour()
    {
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(1), Runs.Completed]));
        var line = Line(live: true);
        line.Environment["NO_COLOR"] = "1";
        await line.RunAsync("watch", "r1");
        Assert.Contains("━", line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[32m", line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_escape_sequence_in_a_template_never_reaches_the_screen(bool live)
    {
        var hostile = Runs.AfterStep(2);
        hostile.Best.Template = "a \e[2J<CLASS>";
        hostile.Activity = "\e]0;title\a";
        var completed = hostile.Clone();
        completed.State = RunState.Completed;
        Orchestrator.Watches.Enqueue(new([hostile, completed]));
        Orchestrator.Report = new() { Report = new(), Markdown = "# \e[2J" };
        var line = Line(live: live);
        await line.RunAsync("watch", "r1");
        Assert.DoesNotContain("\e[2J", line.Error + line.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\e]0", line.Error, StringComparison.Ordinal);
        if (!live) Assert.DoesNotContain('\e', line.Error);
    }

    private static async Task AdvanceUntilDoneAsync(FakeTimeProvider time, Task running)
    {
        while (!running.IsCompleted)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
