using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Orchestrator.Errors;
using Ipo.ServiceDefaults;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

/// <summary>Registering with progress, and deleting.</summary>
public sealed class DatasetsCommandTests : CommandTest
{
    [Fact]
    public async Task A_quick_registration_says_nothing_of_its_progress()
    {
        Orchestrator.Dataset = new() { Name = "flowers", ClassNames = { "a", "b" } };
        Orchestrator.Operations.Progress = [new() { Stage = RegistrationStage.ReadingImages, Files = 40 }, new() { Stage = RegistrationStage.ReadingImages, FilesDone = 40, Files = 40 }];
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("datasets", "register", "flowers/"));
        Assert.Equal(["Dataset 'flowers': 2 classes, 0 training, 0 validation and 0 test images."], line.ErrorLines);
        Assert.Equal("flowers\n", line.Out);
    }

    [Fact]
    public async Task A_refusal_in_the_middle_is_told_on_a_line_of_its_own()
    {
        Orchestrator.Operations.Failure = new(new(StatusCode.InvalidArgument, "/data/dtd holds no folders."));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("datasets", "register", "flowers/"));
        Assert.Equal("ipo: /data/dtd holds no folders.\nNext: ipo datasets register --help\n", line.Error);
    }

    [Fact]
    public async Task A_registration_that_is_cut_goes_on_by_itself()
    {
        Orchestrator.Dataset = new() { Name = "flowers", ClassNames = { "a", "b" } };
        Orchestrator.Operations.Progress = [new() { Stage = RegistrationStage.ReadingImages, Files = 40 }];
        Orchestrator.Operations.Broken.Enqueue(ShuttingDown.Of("It interrupts the operation; create it again."));
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("datasets", "register", "flowers/"));
        var id = Orchestrator.Operations.Kept.Keys.Single();
        Assert.Contains(
            $"Connection lost (The orchestrator is shutting down); retrying in 1 s. Operation {id} goes on meanwhile, or is taken up again "
                + "after a restart.\n", line.Error, StringComparison.Ordinal);
        Assert.Equal(2, Orchestrator.Requests.OfType<RegisterDatasetRequest>().Count());
        Assert.Equal("flowers\n", line.Out);
    }

    // Asked anew it would read a million files again, and fail again.
    [Fact]
    public async Task A_fault_of_the_orchestrator_s_own_ends_it_and_one_that_passes_does_not()
    {
        Orchestrator.Dataset = new() { Name = "flowers", ClassNames = { "a", "b" } };
        Orchestrator.Operations.Progress = [new() { Stage = RegistrationStage.ReadingImages, Files = 40 }];
        Orchestrator.Operations.Broken.Enqueue(new ErrorStatus(StatusCode.Unavailable, "SHUTTING_DOWN", "It stops.") { RetryAfter = TimeSpan.FromSeconds(5) }.ToException());
        Orchestrator.Operations.Broken.Enqueue(new ErrorStatus(StatusCode.Internal, "INTERNAL_ERROR", "Internal error 79bcb017.").ToException());
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("datasets", "register", "flowers/"));
        Assert.EndsWith("ipo: Internal error 79bcb017.\nNext: the same command again\n", line.Error, StringComparison.Ordinal);
        Assert.Equal(2, Orchestrator.Requests.OfType<RegisterDatasetRequest>().Count());
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, true)]
    [InlineData(StatusCode.DeadlineExceeded, true)]
    [InlineData(StatusCode.Unavailable, false)]
    public async Task What_asking_again_does_not_mend_ends_it(StatusCode code, bool hasBegun)
    {
        if (hasBegun) Orchestrator.Operations.Broken.Enqueue(new(new(code, "Not so.")));
        else Orchestrator.Faults["CreateOperation"] = new(new(code, "Not so."));
        Assert.Equal(ExitCode.Error, await Line().RunAsync("datasets", "register", "flowers/"));
        Assert.Single(Orchestrator.Requests.OfType<RegisterDatasetRequest>());
    }

    [Fact]
    public async Task A_name_that_was_made_is_said()
    {
        Orchestrator.Dataset = new() { Name = "My-Photos-2024", ClassNames = { "a", "b" } };
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("datasets", "register", "My Photos (2024)/"));
        Assert.Equal("'My Photos (2024)' is registered as 'My-Photos-2024'; --name gives it another name.", line.ErrorLines[0]);
        Assert.Equal("My-Photos-2024\n", line.Out);
    }

    [Fact]
    public async Task The_list_shows_what_was_left_out()
    {
        Orchestrator.Dataset = new() { Name = "flowers", ClassNames = { "a", "b" }, Warnings = { "'a.txt' is not read." } };
        var line = Line();
        await line.RunAsync("datasets");
        Assert.Equal("Warning: flowers: 'a.txt' is not read.\n", line.Error);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("YES\n", true)]
    [InlineData("\n", false)]
    [InlineData("no\n", false)]
    [InlineData("", false)]
    public async Task Deleting_asks_first(string answer, bool deletes)
    {
        var line = Line(answer, canAnswer: true);
        Assert.Equal(deletes ? ExitCode.Done : ExitCode.Error, await line.RunAsync("datasets", "delete", "flowers"));
        Assert.StartsWith("Delete what Ipo keeps of dataset flowers? Your own files stay. [y/N] ", line.Error, StringComparison.Ordinal);
        Assert.Equal(deletes ? ["flowers"] : [], Orchestrator.Requests.OfType<DeleteDatasetRequest>().Select(request => request.Name));
        Assert.Equal(deletes ? "Deleted dataset flowers.\n" : "", line.Out);
    }

    [Fact]
    public async Task Deleting_where_nobody_can_be_asked_takes_yes()
    {
        var line = Line();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("datasets", "delete", "flowers"));
        Assert.Equal("ipo: Deleting a dataset cannot be undone, and there is no terminal to confirm on; use --yes.\nNext: ipo datasets delete --help\n", line.Error);
        Assert.Empty(Orchestrator.Requests);
        var json = Line();
        Assert.Equal(ExitCode.Done, await json.RunAsync("datasets", "delete", "flowers", "--yes", "--json"));
        Assert.Equal("{}", json.Out.Replace(" ", "", StringComparison.Ordinal).Trim());
    }

    [Fact]
    public async Task Deleting_what_runs_use_is_refused_in_the_orchestrators_words()
    {
        Orchestrator.Faults["DeleteDataset"] = new(new(StatusCode.FailedPrecondition, "The run 'r1' uses the dataset 'flowers'."));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("datasets", "delete", "flowers", "-y"));
        Assert.Equal("ipo: The run 'r1' uses the dataset 'flowers'.\nNext: ipo datasets delete --help\n", line.Error);
    }
}
