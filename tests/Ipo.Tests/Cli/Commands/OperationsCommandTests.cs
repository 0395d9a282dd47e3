using System.Text.Json;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

/// <summary>Operations as such, and the commands whose work is one.</summary>
public sealed class OperationsCommandTests : CommandTest
{
    private protected override void Prepare()
    {
        Orchestrator.Dataset = new() { Name = "flowers", ClassNames = { "a", "b" } };
        Orchestrator.Evaluation = new()
        {
            Results = { new EvaluatedTemplate { PromptSet = Prompts.Set("a <CLASS>."), Score = new() { Accuracy = 0.9, Images = 40, Classes = 2 } } },
        };
    }

    [Theory]
    [InlineData("evaluate flowers -t <CLASS>", "^evaluation-[a-z2-9]{8}\n$")]
    [InlineData("datasets register flowers/", "^registration-[a-z2-9]{8}\n$")]
    [InlineData("evaluate flowers -t <CLASS> --operation-id mine", "^mine\n$")]
    public async Task Work_can_be_left_to_itself(string args, string printed)
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync([.. args.Split(' '), "--detach"]));
        Assert.Matches(printed, line.Out);
        var id = line.Out.Trim();
        Assert.Equal($"Operation {id} continues in the background. Watch it with: ipo operations watch {id}\n", line.Complaint);
        Assert.Equal(OperationState.Running, Orchestrator.Operations.Kept[id].State);
        Assert.Empty(Orchestrator.Requests.OfType<WatchOperationRequest>());
    }

    [Fact]
    public async Task Work_is_asked_again_by_its_id()
    {
        string[] evaluate = ["evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "mine"];
        var (first, again) = (Line(), Line());
        Assert.Equal(ExitCode.Done, await first.RunAsync(evaluate));
        Orchestrator.Evaluation = new();
        Assert.Equal(ExitCode.Done, await again.RunAsync(evaluate));
        Assert.Equal(first.Out, again.Out);
        Assert.Single(Orchestrator.Operations.Kept);
    }

    [Fact]
    public async Task An_id_that_is_wrong_is_told_by_its_option()
    {
        Orchestrator.Faults["CreateOperation"] =
            new ErrorStatus(StatusCode.InvalidArgument, "INVALID_FIELD", "operation_id 'a b' is invalid.") { Field = "operation_id" }.ToException();
        var line = Line();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "a b"));
        Assert.Equal("ipo: --operation-id 'a b' is invalid.\n", line.Complaint);
    }

    [Theory]
    [InlineData("evaluate flowers -t <CLASS> --operation-id mine", "evaluation on validation images of flowers")]
    [InlineData("datasets register flowers/ --operation-id mine", "registration of flowers/")]
    public async Task Ctrl_C_cancels_it_and_says_so(string args, string work)
    {
        Orchestrator.Operations.Waits = true;
        using var stop = new CancellationTokenSource();
        var line = Line();
        var running = line.RunAsync(stop.Token, args.Split(' '));
        await CommandLine.UntilAsync(() => Orchestrator.Requests.OfType<WatchOperationRequest>().Any(), () => "a watch");
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
        Assert.Equal(
            $"Cancelling operation mine; Ctrl-C again leaves it running.\nipo: Interrupted. Operation mine ({work}) is cancelled.\n", line.Complaint);
        Assert.Equal(OperationState.Cancelled, Orchestrator.Operations.Kept["mine"].State);
    }

    [Fact]
    public async Task Ctrl_C_that_comes_too_late_says_where_the_result_is()
    {
        Orchestrator.Operations.Waits = true;
        using var stop = new CancellationTokenSource();
        var line = Line();
        var running = line.RunAsync(stop.Token, "evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "mine");
        await CommandLine.UntilAsync(() => Orchestrator.Requests.OfType<WatchOperationRequest>().Any(), () => "a watch");
        Orchestrator.Operations.Kept["mine"].State = OperationState.Succeeded;
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
        Assert.EndsWith("had succeeded before. Show it with: ipo operations show mine\n", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_cannot_be_cancelled_the_command_that_does_is_said()
    {
        Orchestrator.Operations.Waits = true;
        using var stop = new CancellationTokenSource();
        var line = Line();
        var running = line.RunAsync(stop.Token, "evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "mine");
        await CommandLine.UntilAsync(() => Orchestrator.Requests.OfType<WatchOperationRequest>().Any(), () => "a watch");
        Orchestrator.Faults["CancelOperation"] = new(new(StatusCode.Unavailable, "It stops."));
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
        Assert.EndsWith(
            "ipo: Interrupted. Operation mine could not be cancelled and may go on (It stops). Cancel it with: ipo operations cancel mine\n",
            line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_restart_interrupted_is_taken_up()
    {
        Orchestrator.Operations.IsInterrupted = true;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("evaluate", "flowers", "-t", "<CLASS>"));
        Assert.Contains("Connection lost (the orchestrator stopped)", line.Complaint, StringComparison.Ordinal);
        Assert.Equal(2, Orchestrator.Requests.OfType<EvaluateTemplatesRequest>().Count());
    }

    [Fact]
    public async Task What_somebody_else_cancelled_is_an_error()
    {
        Orchestrator.Operations.Kept["mine"] = new() { OperationId = "mine", State = OperationState.Cancelled };
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "mine"));
        Assert.Equal("ipo: Operation mine (evaluation on validation images of flowers) is cancelled.\n", line.Complaint);
    }

    [Fact]
    public async Task Operations_are_listed_in_columns_and_by_state()
    {
        var none = Line();
        Assert.Equal(ExitCode.Done, await none.RunAsync("operations"));
        Assert.Equal("There are no operations of the last week: 'ipo datasets register' and 'ipo evaluate' make them.\n", none.Complaint);
        await Line().RunAsync("datasets", "register", "flowers/", "--operation-id", "a");
        await Line().RunAsync("evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "b", "--detach");
        Orchestrator.Operations.Kept["b"].EvaluationProgress = new() { ImagesDone = 1200, Images = 4000 };
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("operations"));
        Assert.Equal(
            """
            OPERATION  STATE      WORK                                        PROGRESS                         CREATED
            a          succeeded  registration of flowers/                                                     2025-03-01 12:00Z
            b          running    evaluation on validation images of flowers  encoding images, 1,200 of 4,000  2025-03-01 12:00Z

            """, line.Out);
        var running = Line();
        await running.RunAsync("operations", "list", "--state", "running", "--json");
        using var document = JsonDocument.Parse(running.Out);
        Assert.Equal("b", Assert.Single(document.RootElement.GetProperty("operations").EnumerateArray()).GetProperty("operationId").GetString());
        var failed = Line();
        await failed.RunAsync("operations", "--state", "failed");
        Assert.Equal("No operation is failed; 'ipo operations' lists all.\n", failed.Complaint);
    }

    [Fact]
    public async Task One_is_shown_with_what_came_of_it()
    {
        await Line().RunAsync("evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "a");
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("operations", "show", "a"));
        Assert.Equal(
            """
            OPERATION   a
            State       succeeded
            Work        evaluation on validation images of flowers
            Prompts     <CLASS>
            Created     2025-03-01 12:00Z
            Changed     2025-03-01 12:00Z
            Kept until  2025-03-08 12:00Z
            ACCURACY  95 % INTERVAL   LOSS   IMAGES  CLASSES  TEMPLATE
            90.0 %    0.0 % to 0.0 %  0.000  40      2        a <CLASS>.

            """, line.Out);
        Orchestrator.Operations.Failure = new(new(StatusCode.NotFound, "There is no dataset 'gone'."));
        await Line().RunAsync("evaluate", "gone", "-t", "<CLASS>", "--operation-id", "b");
        var failed = Line();
        await failed.RunAsync("operations", "show", "b");
        Assert.Contains("Error       There is no dataset 'gone'.\n", failed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_is_watched_to_its_end()
    {
        Orchestrator.Operations.Progress = [new() { Stage = RegistrationStage.ReadingImages, FilesDone = 40, Files = 40 }];
        await Line().RunAsync("datasets", "register", "flowers/", "--operation-id", "a", "--detach");
        var json = Line();
        Assert.Equal(ExitCode.Done, await json.RunAsync("operations", "watch", "a", "--json"));
        var states = json.OutLines.Select(text => WatchOperationResponse.Parser.ParseJson(text).Operation.State);
        Assert.Equal([OperationState.Running, OperationState.Running, OperationState.Succeeded], states);
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("operations", "watch", "a"));
        Assert.Equal("Dataset 'flowers': 2 classes, 0 training, 0 validation and 0 test images.\n", line.Out);
        Orchestrator.Operations.Kept["b"] = new() { OperationId = "b", State = OperationState.Interrupted, Evaluation = new() { Dataset = "x" } };
        var interrupted = Line();
        Assert.Equal(ExitCode.Error, await interrupted.RunAsync("operations", "watch", "b"));
        Assert.EndsWith("Take it up again with: ipo operations resume b\n", interrupted.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_is_cut_goes_on_by_itself()
    {
        Orchestrator.Operations.Broken.Enqueue(new(new(StatusCode.Unavailable, "It stops.")));
        await Line().RunAsync("datasets", "register", "flowers/", "--operation-id", "a", "--detach");
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("operations", "watch", "a"));
        Assert.Equal("Connection lost (It stops); retrying in 1 s. Operation a goes on meanwhile.\n", line.Complaint);
        Assert.Single(Orchestrator.Requests.OfType<RegisterDatasetRequest>());
        Assert.Equal(2, Orchestrator.Requests.OfType<WatchOperationRequest>().Count());
    }

    [Fact]
    public async Task Ctrl_C_on_a_watch_leaves_it_running()
    {
        Orchestrator.Operations.Waits = true;
        await Line().RunAsync("evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "a", "--detach");
        using var stop = new CancellationTokenSource();
        var line = Line();
        var watching = line.RunAsync(stop.Token, "operations", "watch", "a");
        await CommandLine.UntilAsync(() => Orchestrator.Requests.OfType<WatchOperationRequest>().Any(), () => "a watch");
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await watching);
        Assert.Equal("Detached; operation a continues. Watch it again with: ipo operations watch a\n", line.Complaint);
        Assert.Equal(OperationState.Running, Orchestrator.Operations.Kept["a"].State);
    }

    [Fact]
    public async Task One_is_cancelled_or_resumed_by_its_whole_id()
    {
        await Line().RunAsync("evaluate", "flowers", "-t", "<CLASS>", "--operation-id", "abc", "--detach");
        var beginning = Line();
        Assert.Equal(ExitCode.Error, await beginning.RunAsync("operations", "cancel", "ab"));
        Assert.Equal("ipo: There is no operation 'ab', or none any more.\n", beginning.Complaint);
        var cancel = Line();
        Assert.Equal(ExitCode.Done, await cancel.RunAsync("operations", "cancel", "abc"));
        Assert.Equal("Operation abc (evaluation on validation images of flowers): cancelled.\n", cancel.Out);

        Orchestrator.Operations.Kept["abc"].State = OperationState.Interrupted;
        var resume = Line();
        Assert.Equal(ExitCode.Done, await resume.RunAsync("operations", "resume", "abc"));
        Assert.Equal(
            "Operation abc (evaluation on validation images of flowers): running. Watch it with: ipo operations watch abc\n", resume.Out);
        Assert.Equal(2, Orchestrator.Requests.OfType<EvaluateTemplatesRequest>().Count());
    }
}
