using Grpc.Core;
using Grpc.Net.Client;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Ipo.Web.Backend;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ipo.Tests.Web.Backend;

public sealed class RunFeedsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private FakeOrchestrator _orchestrator = null!;
    private GrpcChannel _channel = null!;
    private ServiceProvider _services = null!;
    private RunFeeds _feeds = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _orchestrator = await FakeOrchestrator.StartAsync();
        _orchestrator.Report = new() { Search = new() { Run = Running(1), Trajectory = { new ScoredTemplate { Template = "a <CLASS>", Accuracy = 0.5 } } } };
        _channel = GrpcChannel.ForAddress(_orchestrator.Address);
        _services = new ServiceCollection().AddScoped<Session>().AddScoped(_ => new IpoClient(_channel)).BuildServiceProvider();
        _feeds = new(_services.GetRequiredService<IServiceScopeFactory>(), _time, NullLogger<RunFeed>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _feeds.Dispose();
        _channel.Dispose();
        await _services.DisposeAsync();
        await _orchestrator.DisposeAsync();
    }

    [Fact]
    public async Task Any_number_of_pages_ask_once()
    {
        _orchestrator.Watches.Enqueue(new([Running(1)], Waits: true));
        var viewers = Enumerable.Range(0, 50).Select(_ => _feeds.Join(null, "r1", () => { })).ToList();
        foreach (var viewer in viewers) await viewer.FirstAsync(Cancellation);

        Assert.Single(_orchestrator.Requests.OfType<WatchRunRequest>());
        Assert.Single(_orchestrator.Requests.OfType<GetRunReportRequest>());
        Assert.All(viewers, viewer => Assert.Same(viewers[0].Latest, viewer.Latest));
    }

    [Fact]
    public async Task Who_signed_in_as_somebody_else_has_another_feed()
    {
        _orchestrator.Watches.Enqueue(new([Running(1)], Waits: true));
        _orchestrator.Watches.Enqueue(new([Running(1)], Waits: true));
        using var one = _feeds.Join("key-1", "r1", () => { });
        using var other = _feeds.Join("key-2", "r1", () => { });
        Assert.Equal(2, _feeds.Count);
        await Task.WhenAll(one.FirstAsync(Cancellation), other.FirstAsync(Cancellation));
        Assert.Equal(2, _orchestrator.Requests.OfType<WatchRunRequest>().Count());
    }

    [Fact]
    public async Task Progress_alone_brings_no_report_and_draws_nothing_anew()
    {
        var (first, told) = (Running(1), new TaskCompletionSource());
        var later = first.Clone();
        later.Activity = "asking for candidates";
        _orchestrator.Watches.Enqueue(new([first, later], Waits: true));
        RunViewer? viewer = null;
        var drawn = new List<SearchView>();
        viewer = _feeds.Join(null, "r1", () =>
        {
            if (viewer?.Latest is not { } latest) return;
            drawn.Add(latest.Search);
            if (latest.Run.Activity.Length > 0) told.TrySetResult();
        });
        await told.Task.WaitAsync(Cancellation);

        Assert.Single(_orchestrator.Requests.OfType<GetRunReportRequest>());
        Assert.All(drawn, view => Assert.Same(viewer.Latest!.Search, view));
    }

    [Fact]
    public async Task What_takes_pages_a_second_to_draw_is_drawn_anew_after_nine()
    {
        _orchestrator.Watches.Enqueue(new([Running(1), Running(2), Running(3)], Waits: true));
        var (told, joined, reports) = (new TaskCompletionSource(), new TaskCompletionSource<RunViewer>(), new List<int>());
        joined.SetResult(_feeds.Join(null, "r1", () =>
        {
            var viewer = joined.Task.GetAwaiter().GetResult();
            reports.Add(_orchestrator.Requests.OfType<GetRunReportRequest>().Count());
            if (reports.Count == 1) viewer.Drew(TimeSpan.FromSeconds(1));
            if (reports.Count == 2) _time.Advance(TimeSpan.FromSeconds(9));
            if (reports.Count == 3) told.SetResult();
        }));
        await told.Task.WaitAsync(Cancellation);
        Assert.Equal([1, 1, 2], reports);
    }

    [Fact]
    public async Task Descriptions_are_asked_for_until_the_first_step_and_once_after_it()
    {
        _orchestrator.Descriptions = [.. Enumerable.Range(0, 3).Select(number => new ImageDescription { Description = $"{number}" })];
        var states = (Run[])[Described(0, 1), Described(0, 1), Described(1, 2), Described(2, 3)];
        _orchestrator.Watches.Enqueue(new(states, Waits: true));
        var (told, counts) = (new TaskCompletionSource(), new List<int>());
        RunViewer? viewer = null;
        viewer = _feeds.Join(null, "r1", () =>
        {
            if (viewer?.Latest is not { } latest) return;
            counts.Add(latest.Descriptions.Count);
            if (latest.Run.StepsCompleted == 2) told.TrySetResult();
        });
        await told.Task.WaitAsync(Cancellation);

        Assert.All(counts, count => Assert.Equal(3, count));
        Assert.Equal(3, _orchestrator.Requests.OfType<ListDescriptionsRequest>().Count(request => request.PageToken.Length == 0));
    }

    [Fact]
    public async Task Descriptions_of_a_run_that_describes_nothing_or_is_completed_are_not_asked_for()
    {
        var completed = Described(4, 5);
        completed.State = RunState.Completed;
        _orchestrator.Report = new() { Report = new() { Run = completed, BaselineEvaluation = new() } };
        foreach (var run in (Run[])[Running(1), completed])
        {
            _orchestrator.Watches.Enqueue(new([run], Waits: true));
            using var viewer = _feeds.Join(null, run.Captioner is null ? "r1" : "r2", () => { });
            await viewer.FirstAsync(Cancellation);
            Assert.Empty(viewer.Latest!.Descriptions);
        }
        Assert.Empty(_orchestrator.Requests.OfType<ListDescriptionsRequest>());
    }

    [Fact]
    public async Task It_lasts_until_a_while_after_the_last_page_was_left()
    {
        _orchestrator.Watches.Enqueue(new([Running(1)], Waits: true));
        var (one, other) = (_feeds.Join(null, "r1", () => { }), _feeds.Join(null, "r1", () => { }));
        await one.FirstAsync(Cancellation);
        one.Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, _feeds.Count);
        other.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));
        using (var back = _feeds.Join(null, "r1", () => { })) Assert.NotNull(back.Latest); // the page that lives on after the one drawn first
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(0, _feeds.Count);
    }

    [Fact]
    public async Task A_run_that_is_not_there_is_said_and_asked_for_again_by_the_next_page()
    {
        _orchestrator.Watches.Enqueue(new([], Fault: new(new(StatusCode.NotFound, "There is no run 'r1'."))));
        using var viewer = _feeds.Join(null, "r1", () => { });
        await viewer.FirstAsync(Cancellation);
        Assert.Equal("There is no run 'r1'.", viewer.Fault!.Message);
        while (_feeds.Count > 0) await Task.Delay(1, Cancellation);
        _orchestrator.Watches.Enqueue(new([Running(1)], Waits: true));
        using var next = _feeds.Join(null, "r1", () => { });
        await next.FirstAsync(Cancellation);
        Assert.NotNull(next.Latest);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.DataLoss)]
    public async Task A_watch_that_broke_is_said_and_begun_again_for_the_same_page(StatusCode status)
    {
        _orchestrator.Watches.Enqueue(new([Running(1)], Fault: new(new(status, "It broke."))));
        _orchestrator.Watches.Enqueue(new([Running(2)], Waits: true));
        using var viewer = _feeds.Join(null, "r1", () => { });
        while (viewer.Fault is null) await Task.Delay(1, Cancellation); // it stays until the clock goes on
        while (viewer.Latest?.Run.TemplatesScored != 2)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Cancellation);
        }
        while (viewer.Fault is not null) await Task.Delay(1, Cancellation);
    }

    private static Run Described(int steps, int templates)
    {
        var run = Running(templates);
        (run.Captioner, run.StepsCompleted) = (new() { Name = "attributes" }, steps);
        return run;
    }

    private static Run Running(int templates) =>
        new() { RunId = "r1", State = RunState.Running, TemplatesScored = templates, Settings = new() { Steps = 4 } };
}
