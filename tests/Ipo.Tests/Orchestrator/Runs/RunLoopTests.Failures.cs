using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Providers;
using Ipo.ServiceDefaults.Settings;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed partial class RunLoopTests
{
    [Fact]
    public async Task Failures_of_a_provider_are_waited_out_as_long_as_it_asked_and_counted()
    {
        var failures = new Queue<V1.ProposeTemplatesResponse?>([
            FakePromptGen.Failure(V1.FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(40)),
            FakePromptGen.Failure(V1.FailureKind.Unavailable), null]);
        _fakes.PromptGen.Instead = _ => Task.FromResult(failures.Count > 0 ? failures.Dequeue() : null);
        var clock = new RushingClock();

        var run = await RunAsync(new MemoryJournal(), failing: null, () => Settings("ipo-paper"), clock);

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal((1, 1), (run.Spending.Failures[FailureKind.RateLimited], run.Spending.Failures[FailureKind.Unavailable]));
        Assert.InRange(clock.Waited.TotalSeconds, 40, 50);
        Assert.Equal(4 + 3 + 2, run.Spending.Calls); // descriptions, steps, failures
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    public async Task A_description_longer_than_the_contract_says_is_a_failure_and_is_not_journalled(int letters, int failures)
    {
        var text = new string('a', letters);
        _fakes.Captioner.Instead = call => call > 0 ? null
            : new() { Description = text, Provider = "attributes", Model = "fake-clip", Usage = new() { Latency = new() } };
        var journal = new MemoryJournal();
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, journal, new RushingClock());
        await lab.RegisterAsync("tiny");
        await lab.Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = Settings("ipo-paper") }, cancellationToken: Cancellation);
        var run = await lab.EndAsync("run");

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(failures, run.Spending.Failures.GetValueOrDefault(FailureKind.Malformed));
        var journalled = (await journal.ReadAsync(run.RunId, 0, Cancellation)).OfType<DescriptionReceived>();
        Assert.Equal(failures == 0, journalled.Any(one => one.Description == text));
    }

    [Fact]
    public async Task A_refused_key_fails_the_run_with_the_providers_words_and_a_resumed_run_goes_on()
    {
        var whole = await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper"));
        Forget();
        var calls = 0;
        _fakes.PromptGen.Instead = _ =>
            Task.FromResult(
                ++calls == 2 ? FakePromptGen.Failure(V1.FailureKind.Unauthorized, "The provider refused the key; set another one.") : null);
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, new MemoryJournal(), new RushingClock());
        await lab.RegisterAsync("tiny");
        await lab.Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = Settings("ipo-paper") }, cancellationToken: Cancellation);

        var failed = await lab.EndAsync("run");
        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Contains("set another one", failed.FailureReason, StringComparison.Ordinal);
        Assert.Equal(1, failed.StepsCompleted);

        await lab.Client.Runs.ResumeRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        Assert.Equal(Story(whole), Story(await lab.EndAsync("run")));
    }

    [Fact]
    public async Task A_fault_inside_prompt_gen_is_a_failed_call_and_not_a_retry_behind_the_journals_back()
    {
        _fakes.PromptGen.Instead = call =>
            call == 0
                ? throw new Grpc.Core.RpcException(new(Grpc.Core.StatusCode.Unavailable, "the connection broke"))
                : Task.FromResult<V1.ProposeTemplatesResponse?>(null);

        var run = await RunAsync(new MemoryJournal(), failing: null, () => Settings("ipo-paper"));

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(1, run.Spending.Failures[FailureKind.Unavailable]);
        Assert.Equal(4, _fakes.PromptGen.Requests.Count);
    }

    [Fact]
    public async Task A_model_may_take_as_long_as_its_service_lets_it()
    {
        await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper"));

        TimeSpan[] waits = [.. _fakes.PromptGen.Patience, .. _fakes.Captioner.Patience];
        Assert.Equal(3 + 4, waits.Length);
        // No service accepts a time limit that its caller would not wait for; and no call is without an end.
        Assert.All(waits, wait => Assert.NotEmpty(SettingRules.Problems("", new ChatEndpointOptions { Timeout = wait })));
        Assert.All(waits, wait => Assert.True(wait < TimeSpan.FromHours(2), $"{wait}"));
    }

    [Theory]
    [InlineData(Grpc.Core.StatusCode.Unavailable)]
    [InlineData(Grpc.Core.StatusCode.ResourceExhausted)]
    public async Task A_scorer_that_restarts_or_is_busy_is_waited_for_and_put_the_images_again(Grpc.Core.StatusCode status)
    {
        var whole = await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper"));
        Forget();
        var calls = 0;
        _fakes.Scorer.Before = _ =>
        {
            if (Interlocked.Increment(ref calls) % 7 != 0) return;
            _fakes.Scorer.Restart();
            throw new Grpc.Core.RpcException(new(status, "starting"));
        };

        var run = await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper"));

        Assert.Null(run.FailureReason);
        Assert.Equal(Story(whole), Story(run));
    }

    [Theory]
    [InlineData(V1.FailureKind.Unavailable)]
    [InlineData(V1.FailureKind.RateLimited)]
    public async Task A_scorer_that_is_away_while_the_embedded_captioner_needs_it_is_waited_for_too(V1.FailureKind kind)
    {
        var whole = await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper"));
        Forget();
        _fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(null);
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, new MemoryJournal(), new RushingClock());
        await lab.RegisterAsync("tiny");
        var calls = 0;
        _fakes.Captioner.Instead = _ =>
            ++calls <= 80 ? new() { Failure = new() { Kind = kind, Message = "The clip-scorer did not answer." } } : null;
        await lab.Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = Settings("ipo-paper") }, cancellationToken: Cancellation);

        Assert.Equal(Story(whole), Story(await lab.EndAsync("run")));
    }
}
