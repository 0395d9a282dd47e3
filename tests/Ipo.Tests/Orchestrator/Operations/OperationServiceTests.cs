using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Ipo.Orchestrator.Datasets;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ipo.Tests.Orchestrator.Operations;

public sealed class OperationServiceTests : OrchestratorTest
{
    private readonly TaskCompletionSource _scoring = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _digest = "";

    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        _digest = (await Lab.RegisterAsync("tiny")).Digest;
    }

    [Fact]
    public async Task A_registration_is_watched_to_its_dataset()
    {
        TinyDataset.Write(Folder, "data/more");
        var begun = await CreateAsync(new() { OperationId = "more", Registration = new() { Path = "more" } });
        Assert.Equal(("more", "more"), (begun.OperationId, begun.Registration.Path));
        var seen = await WatchAsync("more");
        Assert.All(seen.SkipLast(1), operation => Assert.Equal(V1.OperationState.Running, operation.State));
        Assert.Equal(V1.OperationState.Succeeded, seen[^1].State);
        Assert.Equal((await Client.Datasets.GetDatasetAsync(new() { Name = "more" }, cancellationToken: Cancellation)).Dataset, seen[^1].Dataset);
        Assert.Equal(TimeSpan.FromDays(7), seen[^1].ExpiresAt.ToDateTime() - seen[^1].UpdatedAt.ToDateTime());
        Assert.Equal(seen[^1], await GetAsync("more"));
    }

    [Fact]
    public async Task An_evaluation_goes_on_without_its_caller_and_is_joined_by_the_same_request()
    {
        HoldScoring();
        await CreateAsync(Evaluation("one"));
        await _scoring.Task;
        var joined = await CreateAsync(Evaluation("one"));
        Assert.Equal(V1.OperationState.Running, joined.State);
        Assert.Equal(8, joined.EvaluationProgress.ImagesDone);
        Assert.Contains(
            "exists for another request",
            await OrchestratorLab.RefusedAsync(StatusCode.AlreadyExists, () => CreateAsync(Evaluation("one", V1.Split.Train))),
            StringComparison.Ordinal);
        await OrchestratorLab.RefusedAsync(
            StatusCode.AlreadyExists, () => CreateAsync(new() { OperationId = "one", Registration = new() { Path = "tiny" } }));
        _gate.SetResult();
        var ended = (await WatchAsync("one"))[^1];
        Assert.Equal(V1.OperationState.Succeeded, ended.State);
        Assert.Null(ended.EvaluationProgress);

        var scored = Fakes.Scorer.ScoredTemplates.Count;
        Assert.Equal(ended, await CreateAsync(Evaluation("one")));
        Assert.Equal(scored, Fakes.Scorer.ScoredTemplates.Count);
        Assert.Equal(await Client.Evaluation.EvaluateTemplatesAsync(Evaluation("").Evaluation, cancellationToken: Cancellation), ended.Scores);
    }

    [Fact]
    public async Task An_operation_that_a_stop_interrupts_is_taken_up_by_the_same_request_and_is_one_look_at_test_images()
    {
        HoldScoring();
        var begun = await CreateAsync(Evaluation("one", V1.Split.Test));
        await _scoring.Task;
        await RestartAsync(_ => { });
        _gate.SetResult();
        Assert.Equal(V1.OperationState.Interrupted, (await GetAsync("one")).State);
        Assert.Equal(V1.OperationState.Interrupted, Assert.Single(await WatchAsync("one")).State);

        Assert.Equal(V1.OperationState.Running, (await CreateAsync(Evaluation("one", V1.Split.Test))).State);
        var ended = (await WatchAsync("one"))[^1];
        Assert.Equal((V1.OperationState.Succeeded, begun.CreatedAt), (ended.State, ended.CreatedAt));
        Assert.Equal(ended, await CreateAsync(Evaluation("one", V1.Split.Test)));
        Assert.Equal(1, Looks());
        await RestartAsync(_ => { });
        Assert.Equal(ended, await GetAsync("one"));

        await CreateAsync(Evaluation("two", V1.Split.Test));
        await WatchAsync("two");
        Assert.Equal(2, Looks());
    }

    [Fact]
    public async Task A_watcher_is_told_of_a_stop()
    {
        HoldScoring();
        await CreateAsync(Evaluation("one"));
        await _scoring.Task;
        using var watch = Client.Operations.WatchOperation(new() { OperationId = "one" }, cancellationToken: Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        var stopping = Lab.StopAsync();
        var fault = await Assert.ThrowsAsync<RpcException>(async () => { while (await watch.ResponseStream.MoveNext(Cancellation)) { } });
        Assert.Equal((StatusCode.Unavailable, "SHUTTING_DOWN"), (fault.StatusCode, fault.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        _gate.SetResult();
        await stopping;
    }

    [Fact]
    public async Task A_cancelled_operation_has_stopped_and_stays_cancelled()
    {
        HoldScoring();
        await CreateAsync(Evaluation("one"));
        await CreateAsync(Evaluation("two"));
        await _scoring.Task;
        var cancelled = await CancelAsync("one");
        Assert.Equal((V1.OperationState.Cancelled, null), (cancelled.State, cancelled.Scores));
        Assert.Equal(cancelled, await CancelAsync("one"));
        Assert.Equal(cancelled, await CreateAsync(Evaluation("one")));

        await RestartAsync(_ => { });
        _gate.SetResult();
        Assert.Equal(V1.OperationState.Cancelled, (await CancelAsync("two")).State); // which the stop had interrupted
        Assert.Equal(V1.OperationState.Cancelled, (await CreateAsync(Evaluation("two"))).State);

        await CreateAsync(Evaluation("three"));
        var ended = (await WatchAsync("three"))[^1];
        Assert.Equal(ended, await CancelAsync("three"));
    }

    [Fact]
    public async Task A_failed_operation_keeps_why_with_its_details_also_over_http()
    {
        await CreateAsync(new() { OperationId = "gone", Registration = new() { Path = "gone" } });
        var failed = (await WatchAsync("gone"))[^1];
        Assert.Equal(V1.OperationState.Failed, failed.State);
        var same = await Assert.ThrowsAsync<RpcException>(() => Lab.RegisterAsync("gone"));
        Assert.Equal(same.GetRpcStatus(), failed.Error);

        var json = await Lab.Http.GetFromJsonAsync<JsonElement>("/v1/operations/gone", Cancellation);
        Assert.Equal("ipo", json.GetProperty("operation").GetProperty("error").GetProperty("details")[0].GetProperty("domain").GetString());
    }

    [Fact]
    public async Task A_fault_of_ours_is_told_by_its_reference_alone()
    {
        Fakes.Scorer.Before = _ => throw new InvalidOperationException("canary");
        Fakes.Scorer.Model = null!;
        await CreateAsync(Evaluation("one"));
        var failed = (await WatchAsync("one"))[^1];
        Assert.Equal(V1.OperationState.Failed, failed.State);
        Assert.DoesNotContain("canary", failed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sixteen_run_at_once_and_no_more()
    {
        HoldScoring();
        for (var number = 0; number < 16; number++) await CreateAsync(Evaluation($"number-{number}"));
        await OrchestratorLab.RefusedAsync(StatusCode.ResourceExhausted, () => CreateAsync(Evaluation("one-more")));
        await CancelAsync("number-3");
        Assert.Equal(V1.OperationState.Running, (await CreateAsync(Evaluation("one-more"))).State);
        _gate.SetResult();
    }

    [Fact]
    public async Task A_list_goes_by_page_and_state_and_leaves_templates_and_scores_to_the_single_operation()
    {
        await CreateAsync(Evaluation("one"));
        await WatchAsync("one");
        await CreateAsync(new() { OperationId = "gone", Registration = new() { Path = "gone" } });
        await WatchAsync("gone");
        var first = await Client.Operations.ListOperationsAsync(new() { PageSize = 1 }, cancellationToken: Cancellation);
        Assert.Equal("gone", Assert.Single(first.Operations).OperationId);
        Assert.NotNull(first.Operations[0].Error);
        var second = await Client.Operations.ListOperationsAsync(
            new() { PageSize = 1, PageToken = first.NextPageToken }, cancellationToken: Cancellation);
        var one = Assert.Single(second.Operations);
        Assert.Equal(("one", "tiny", 0, null), (one.OperationId, one.Evaluation.Dataset, one.Evaluation.PromptSets.Count, one.Scores));
        Assert.Equal("", second.NextPageToken);
        var failed = await Client.Operations.ListOperationsAsync(
            new() { States = { V1.OperationState.Failed } }, cancellationToken: Cancellation);
        Assert.Equal(["gone"], failed.Operations.Select(operation => operation.OperationId));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Operations.ListOperationsAsync(
            new() { States = { V1.OperationState.Unspecified } }, cancellationToken: Cancellation));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Operations.ListOperationsAsync(
            new() { PageToken = "bm9uZQ==" }, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_list_tells_what_works_from_what_a_stop_interrupted()
    {
        HoldScoring();
        await CreateAsync(Evaluation("one"));
        await CreateAsync(Evaluation("two"));
        await _scoring.Task;
        Assert.Equal(["one", "two"], await ListAsync(V1.OperationState.Running));
        Assert.Empty(await ListAsync(V1.OperationState.Interrupted));
        await RestartAsync(_ => { });
        await CreateAsync(Evaluation("two"));
        Assert.Equal(["two"], await ListAsync(V1.OperationState.Running));
        Assert.Equal(["one"], await ListAsync(V1.OperationState.Interrupted, V1.OperationState.Succeeded));
        Assert.Equal(["one", "two"], await ListAsync());
        _gate.SetResult();
        await WatchAsync("two");
        Assert.Equal(["two"], await ListAsync(V1.OperationState.Succeeded));
    }

    [Fact]
    public async Task A_watch_takes_an_interval_and_a_mask_and_the_last_state_comes_all_the_same()
    {
        HoldScoring();
        await CreateAsync(Evaluation("one"));
        await _scoring.Task;
        using var watch = Client.Operations.WatchOperation(
            new() { OperationId = "one", SmallestInterval = new() { Seconds = 3600 }, ReadMask = new() { Paths = { "state" } } },
            cancellationToken: Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(new() { State = V1.OperationState.Running }, watch.ResponseStream.Current.Operation);
        _gate.SetResult();
        var rest = await watch.ResponseStream.ReadAllAsync(Cancellation).Select(response => response.Operation).ToListAsync(Cancellation);
        Assert.Equal(new V1.Operation { State = V1.OperationState.Succeeded }, Assert.Single(rest));
        var masked = await Client.Operations.GetOperationAsync(
            new() { OperationId = "one", ReadMask = new() { Paths = { "scores.class_names" } } }, cancellationToken: Cancellation);
        Assert.NotEmpty(masked.Operation.Scores.ClassNames);
        Assert.Empty(masked.Operation.Scores.Results);
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Operations.GetOperationAsync(
            new() { OperationId = "one", ReadMask = new() { Paths = { "colour" } } }, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Events_over_http_go_on_where_they_stood_and_end_for_whoever_saw_the_last()
    {
        HoldScoring();
        await CreateAsync(Evaluation("one"));
        await _scoring.Task;
        using var response = await Lab.Http.GetAsync("/v1/operations/one/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        await using var events = SseParser.Create(stream).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("operation", "OPERATION_STATE_RUNNING"), (events.Current.EventType, StateIn(events.Current.Data)));
        var seen = events.Current.EventId!;
        _gate.SetResult();
        while (await events.MoveNextAsync()) { }
        await WatchAsync("one");

        var again = await EventsAsync("?smallestInterval=1s", seen);
        Assert.Equal("OPERATION_STATE_SUCCEEDED", StateIn(Assert.Single(again).Data));
        using var ended = await AskAsync("", again[0].EventId);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Single(await EventsAsync("", "something else"));
        var masked = Assert.Single(await EventsAsync("?readMask=state", null));
        Assert.False(JsonDocument.Parse(masked.Data).RootElement.GetProperty("operation").TryGetProperty("scores", out _));

        foreach (var query in (string[])["?interval=1s", "?smallestInterval=soon", "?readMask=colour"])
        {
            using var refused = await AskAsync(query, null);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        using var unknown = await Lab.Http.GetAsync("/v1/operations/gone/events", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

        static string? StateIn(string json) => JsonDocument.Parse(json).RootElement.GetProperty("operation").GetProperty("state").GetString();

        async Task<HttpResponseMessage> AskAsync(string query, string? last)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/operations/one/events{query}");
            if (last is not null) request.Headers.Add("Last-Event-ID", last);
            return await Lab.Http.SendAsync(request, Cancellation);
        }

        async Task<List<SseItem<string>>> EventsAsync(string query, string? last)
        {
            using var answer = await AskAsync(query, last);
            await using var content = await answer.Content.ReadAsStreamAsync(Cancellation);
            return await SseParser.Create(content).EnumerateAsync(Cancellation).ToListAsync(Cancellation);
        }
    }

    [Fact]
    public async Task An_operation_is_forgotten_after_a_week_and_its_id_is_then_another_look()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(50) };
        await Lab.DisposeAsync();
        await using var lab = await OrchestratorLab.StartAsync(Folder, Fakes, clock: time);
        async Task<V1.Operation> EndAsync()
        {
            await lab.Client.Operations.CreateOperationAsync(Evaluation("one", V1.Split.Test), cancellationToken: Cancellation);
            V1.Operation operation;
            do operation = (await lab.Client.Operations.GetOperationAsync(new() { OperationId = "one" }, cancellationToken: Cancellation)).Operation;
            while (operation.State is V1.OperationState.Running);
            return operation;
        }
        var first = await EndAsync();
        time.Advance(TimeSpan.FromDays(6));
        Assert.Equal(first, await EndAsync());
        time.Advance(TimeSpan.FromDays(2));
        Assert.NotEqual(first.CreatedAt, (await EndAsync()).CreatedAt);
        Assert.Equal(2, lab.Services.GetRequiredService<TestAccessLog>().CountBefore(_digest, "a run"));
    }

    [Fact]
    public async Task Ids_are_chosen_where_none_is_given_and_what_is_wrong_is_refused()
    {
        Assert.Matches("^registration-[a-z2-9]{8}$", (await CreateAsync(new() { Registration = new() { Path = "tiny" } })).OperationId);
        Assert.Matches("^evaluation-[a-z2-9]{8}$", (await CreateAsync(Evaluation(""))).OperationId);
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => CreateAsync(new() { OperationId = "one" }));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => CreateAsync(Evaluation("a b")));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => GetAsync(""));
        Assert.Equal(
            "There is no operation 'none', or none any more.",
            await OrchestratorLab.RefusedAsync(StatusCode.NotFound, () => GetAsync("none")));
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, () => CancelAsync("none"));
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, () => WatchAsync("none"));
    }

    private static V1.CreateOperationRequest Evaluation(string id, V1.Split split = V1.Split.Validation) => new()
    {
        OperationId = id,
        Evaluation = new()
        {
            Dataset = "tiny",
            PromptSets = { Prompts.Sets("a photo of a <CLASS>.") },
            Split = split,
            Classes = V1.EvaluatedClasses.All,
        },
    };

    // Each scoring says that it has begun, and waits.
    private void HoldScoring() => Fakes.Scorer.BeforeScoring = () =>
    {
        _scoring.TrySetResult();
        return _gate.Task.WaitAsync(Cancellation);
    };

    private async Task<List<string>> ListAsync(params V1.OperationState[] states) => [..
        (await Client.Operations.ListOperationsAsync(new() { States = { states } }, cancellationToken: Cancellation))
            .Operations.Select(operation => operation.OperationId).Order(StringComparer.Ordinal)];

    private int Looks() => Lab.Services.GetRequiredService<TestAccessLog>().CountBefore(_digest, "a run");

    private async Task<V1.Operation> CreateAsync(V1.CreateOperationRequest request) =>
        (await Client.Operations.CreateOperationAsync(request, cancellationToken: Cancellation)).Operation;

    private async Task<V1.Operation> GetAsync(string id) =>
        (await Client.Operations.GetOperationAsync(new() { OperationId = id }, cancellationToken: Cancellation)).Operation;

    private async Task<V1.Operation> CancelAsync(string id) =>
        (await Client.Operations.CancelOperationAsync(new() { OperationId = id }, cancellationToken: Cancellation)).Operation;

    private async Task<List<V1.Operation>> WatchAsync(string id)
    {
        using var watch = Client.Operations.WatchOperation(new() { OperationId = id }, cancellationToken: Cancellation);
        return await watch.ResponseStream.ReadAllAsync(Cancellation).Select(response => response.Operation).ToListAsync(Cancellation);
    }
}
