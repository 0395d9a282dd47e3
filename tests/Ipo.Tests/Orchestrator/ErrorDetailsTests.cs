using Google.Rpc;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator;

public sealed class ErrorDetailsTests : OrchestratorTest
{
    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        return Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task A_wrong_field_is_named_by_its_path()
    {
        var settings = new V1.RunSettings { Dataset = "tiny", Steps = -3 };
        var error = await RefusedAsync(() => Client.Runs.CreateRunAsync(new() { Settings = settings }).ResponseAsync);

        Assert.Equal(("ipo", "INVALID_FIELD"), (error.GetDetail<ErrorInfo>().Domain, error.GetDetail<ErrorInfo>().Reason));
        var violation = Assert.Single(error.GetDetail<BadRequest>().FieldViolations);
        Assert.Equal(("settings.steps", error.Message), (violation.Field, violation.Description));
        Assert.StartsWith("settings.steps is -3;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_named_with_its_kind()
    {
        var error = await RefusedAsync(() => Client.Runs.GetRunAsync(new() { RunId = "gone" }).ResponseAsync);
        Assert.Equal("RUN_NOT_FOUND", error.GetDetail<ErrorInfo>().Reason);
        Assert.Equal("gone", error.GetDetail<ErrorInfo>().Metadata["run"]);

        error = await RefusedAsync(() => Client.Datasets.GetDatasetAsync(new() { Name = "gone" }).ResponseAsync);
        Assert.Equal("DATASET_NOT_FOUND", error.GetDetail<ErrorInfo>().Reason);

        error = await RefusedAsync(() => Client.Runs.GetRunAsync(new()).ResponseAsync);
        Assert.Equal("run_id is empty; give the id of a run.", error.Message);
        error = await RefusedAsync(() => Client.Datasets.GetDatasetAsync(new()).ResponseAsync);
        Assert.Equal("name is empty; give the name of a registered dataset.", error.Message);
    }

    [Fact]
    public async Task A_service_that_is_away_says_when_to_ask_again()
    {
        Fakes.Scorer.Before = _ => throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "away"));
        var error = await RefusedAsync(() => Client.System.GetSystemAsync(new()).ResponseAsync);
        Assert.Equal("SERVICE_UNAVAILABLE", error.GetDetail<ErrorInfo>().Reason);
        Assert.True(error.GetDetail<RetryInfo>().RetryDelay.ToTimeSpan() > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_text_of_the_caller_is_never_echoed_whole()
    {
        var text = new string('x', 70_000);
        Func<Task>[] calls =
        [
            () => Client.Runs.GetRunAsync(new() { RunId = text }).ResponseAsync,
            () => Client.Runs.CreateRunAsync(new() { RunId = text, Settings = new() { Dataset = "tiny" } }).ResponseAsync,
            () => Client.Runs.CreateRunAsync(new() { Settings = new() { Dataset = text } }).ResponseAsync,
            () => Client.Runs.CreateRunAsync(new() { Settings = new() { Dataset = "tiny", Preset = text } }).ResponseAsync,
            () => Client.Runs.ListRunsAsync(new() { PageToken = $"{text}!" }).ResponseAsync,
            () => Client.Datasets.RegisterDatasetAsync(new() { Path = text }).ResponseAsync,
            () => Client.Datasets.GetDatasetAsync(new() { Name = text }).ResponseAsync,
            () => Client.Datasets.GetImageAsync(new() { Name = "tiny", Sha256 = text }).ResponseAsync,
        ];
        foreach (var call in calls)
        {
            var error = await RefusedAsync(call);
            Assert.InRange(error.Message.Length, 1, 1100);
            Assert.All(error.GetDetail<ErrorInfo>().Metadata.Values, value => Assert.InRange(value.Length, 1, 300));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("proposers")]
    [InlineData("classes")]
    public async Task What_is_not_stated_is_never_a_meaning(string field)
    {
        Func<Task> call = field switch
        {
            "proposers" => () => Client.Runs.CreateRunAsync(new()
            {
                Settings = new() { Dataset = "tiny", Proposers = { new V1.ProposerChoice { Name = "evolve,opro" } } },
            }).ResponseAsync,
            "classes" => () => Client.Runs.CreateRunAsync(new()
            {
                Settings = new() { Dataset = "tiny", Classes = V1.ClassSelection.Unspecified },
            }).ResponseAsync,
            _ => () => Client.Runs.ListRunsAsync(new() { States = { V1.RunState.Unspecified } }).ResponseAsync,
        };
        var error = await RefusedAsync(call);
        Assert.Equal((int)StatusCode.InvalidArgument, error.Code);
        Assert.NotEmpty(error.GetDetail<BadRequest>().FieldViolations);
    }

    [Fact]
    public async Task Runs_are_listed_by_state_and_page()
    {
        foreach (var id in (string[])["a", "b", "c"])
        {
            await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, id);
            await Lab.EndAsync(id);
        }
        var first = await Client.Runs.ListRunsAsync(new() { PageSize = 2 }, cancellationToken: Cancellation);
        var second = await Client.Runs.ListRunsAsync(new() { PageSize = 2, PageToken = first.NextPageToken }, cancellationToken: Cancellation);
        Assert.Equal(["c", "b", "a"], first.Runs.Concat(second.Runs).Select(run => run.RunId));
        Assert.Empty(second.NextPageToken);
        Assert.Empty((await Client.Runs.ListRunsAsync(new() { States = { V1.RunState.Failed } }, cancellationToken: Cancellation)).Runs);
        Assert.Equal(3, (await Client.Runs.ListRunsAsync(new() { States = { V1.RunState.Completed } }, cancellationToken: Cancellation)).Runs.Count);
    }

    private static async Task<Google.Rpc.Status> RefusedAsync(Func<Task> call) =>
        (await Assert.ThrowsAsync<RpcException>(call)).GetRpcStatus()!;
}
