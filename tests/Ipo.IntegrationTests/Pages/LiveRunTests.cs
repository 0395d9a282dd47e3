using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Grpc.Core;
using Ipo.V1;
using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests.Pages;

/// <summary>How soon, how small and how steady the page of a run is, on the real system. Figures are printed; limits of time are asserted
/// with IPO_PAGES=full alone: 100 steps of 8 candidates over 1,000 classes, 50 viewers of a run over 100 classes, whose steps are quicker and
/// so more work for pages, and IPO_PAGES_MINUTES (10) of watching.</summary>
public sealed class LiveRunTests(LiveRunSystem live) : IClassFixture<LiveRunSystem>
{
    internal static readonly bool IsFull = Environment.GetEnvironmentVariable("IPO_PAGES") == "full";
    private static readonly int Steps = IsFull ? 100 : 12, Viewers = IsFull ? 50 : 3;
    private static readonly TimeSpan Watching = IsFull
        ? TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("IPO_PAGES_MINUTES") ?? "10", CultureInfo.InvariantCulture))
        : TimeSpan.FromSeconds(5);

    private readonly RunningSystem _system = live.System;
    private readonly Chromium _chromium = live.Browser;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_watched_as_it_goes_and_read_when_it_is_done()
    {
        var page = await _chromium.PageAsync();
        var frames = new ConcurrentQueue<int>();
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => frames.Enqueue(frame.Binary?.Length ?? frame.Text?.Length ?? 0);
        await StartAsync("watched", Steps, "many");
        var journalled = JournalledAsync("watched");
        await page.GotoAsync(Address("watched"));
        await page.EvaluateAsync("""
            () => { window.seen = []; const look = () => { const at = Number(document.querySelector('[data-length]')?.dataset.length ?? 0);
              if (at && window.seen.at(-1)?.[0] !== at) window.seen.push([at, Date.now()]); };
              new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true }); look(); }
            """);
        await Assertions.Expect(page.Locator("[data-length]")).ToBeVisibleAsync();
        frames.Clear();
        var lengths = await EndAsync("watched", journalled);
        await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();
        var seen = await page.EvaluateAsync<double[][]>("window.seen");

        var delays = Delays(lengths, seen);
        var sizes = frames.Where(size => size > 100).Order().ToList();
        Say($"live: {seen.Length} updates shown; delay from journal to page median {Share(delays, 0.5):0} ms, 95 % {Share(delays, 0.95):0} ms");
        Say($"live: {sizes.Count} messages to the browser, median {Share(sizes, 0.5):0} bytes, largest {sizes[^1]} bytes");
        Assert.NotEmpty(delays);
        Assert.True(Share(sizes, 0.5) < 8_000, "What a change sends does not grow with the run.");
        await ItIsBoundedAsync(page);
        if (IsFull) Assert.True(Share(delays, 0.95) < 500, "What is journalled is on the page within half a second.");

        var paints = new List<double>();
        for (var time = 0; time < 5; time++) paints.Add(await PaintAsync("watched"));
        Say($"done: first paint of the verdict after {string.Join(", ", paints.Select(paint => $"{paint:0}"))} ms");
        if (IsFull) Assert.True(paints.Order().ElementAt(2) < 1000, "The verdict is there within a second.");
    }

    [Fact]
    public async Task A_service_that_stands_still_for_a_while_leaves_no_page_behind()
    {
        // A seed each: what another test's run has scored costs nothing, and the run would be over too soon.
        foreach (var (seed, service) in ((int, string)[])[(11, "orchestrator"), (12, "web")])
        {
            await StartAsync(service, 60, seed: seed);
            var page = await _chromium.PageAsync();
            await page.GotoAsync(Address(service));
            await Assertions.Expect(page.Locator("[data-length]")).ToBeVisibleAsync();
            var process = await _system.ProcessOfAsync(service, Cancellation);
            Assert.True(Tests.Signals.Send("STOP", process));
            await Task.Delay(TimeSpan.FromSeconds(12), Cancellation); // longer than servers wait for a reader that takes nothing
            Assert.True(Tests.Signals.Send("CONT", process));
            await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task Many_who_look_at_one_run_hardly_slow_it()
    {
        // With this process, which is the viewers.
        int[] processes =
        [
            await _system.ProcessOfAsync("orchestrator", Cancellation), await _system.ProcessOfAsync("web", Cancellation), Environment.ProcessId,
        ];
        var (alone, watched) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var turn = 0; turn <= (IsFull ? 5 : 1); turn++)
        {
            var (time, cpu, _) = await WatchedAsync($"alone-{turn}", 0, processes);
            var (watchedTime, watchedCpu, bytes) = await WatchedAsync($"watched-{turn}", Viewers, processes);
            Say($"{Viewers} viewers: run alone {time.TotalSeconds:0.0} s, watched {watchedTime.TotalSeconds:0.0} s; orchestrator, pages and viewers took "
                + $"{Seconds(cpu)} s of CPU alone, {Seconds(watchedCpu)} s watched; {bytes / 1e6:0.0} MB to each{(turn == 0 ? ", at first" : "")}");
            if (turn == 0) continue; // code is compiled yet
            alone.Add(time);
            watched.Add(watchedTime);
        }
        var ratio = watched.Order().ElementAt(watched.Count / 2) / alone.Order().ElementAt(alone.Count / 2);
        Say($"{Viewers} viewers: watched, a run takes {ratio:0.00} times as long (medians)");
        if (IsFull) Assert.True(ratio <= 1.1, "Viewers slow a run by more than a tenth.");

        static string Seconds(IEnumerable<TimeSpan> times) => string.Join(", ", times.Select(time => $"{time.TotalSeconds:0.0}"));
    }

    [Fact]
    public async Task An_open_page_does_not_grow()
    {
        await StartAsync("long", 9_000, IsFull ? "many" : "fewer", seed: 21); // with many classes it lasts for hours
        var page = await _chromium.PageAsync();
        await page.GotoAsync(Address("long"));
        await Assertions.Expect(page.Locator("svg path.line").First).ToBeVisibleAsync();
        var session = await page.Context.NewCDPSessionAsync(page);
        var web = await _system.ProcessOfAsync("web", Cancellation);
        var samples = new List<(double Heap, double Nodes, double Server)>();
        var clock = Stopwatch.StartNew();
        do
        {
            await Task.Delay(Watching / 5, Cancellation);
            await session.SendAsync("HeapProfiler.collectGarbage");
            var heap = await session.SendAsync("Runtime.getHeapUsage");
            var counters = await session.SendAsync("Memory.getDOMCounters");
            samples.Add((
                heap!.Value.GetProperty("usedSize").GetDouble() / 1e6, counters!.Value.GetProperty("nodes").GetDouble(), Resident(web) / 1e6));
            Say($"open for {clock.Elapsed.TotalMinutes:0.0} min: browser {samples[^1].Heap:0.0} MB and {samples[^1].Nodes:0} nodes, server {samples[^1].Server:0} MB");
        }
        while (clock.Elapsed < Watching);
        await ItIsBoundedAsync(page);
        var run = (await _system.Client.Runs.GetRunAsync(new() { RunId = "long" }, cancellationToken: Cancellation)).Run;
        Say($"meanwhile {run.StepsCompleted} steps with {run.TemplatesScored} templates");
        await _system.Client.Runs.CancelRunAsync(new() { RunId = "long" }, cancellationToken: Cancellation);
        if (!IsFull) return;
        // The first sample is of a page that still fills.
        Assert.True(samples[^1].Heap - samples[1].Heap < 5, "The browser's heap grows.");
        Assert.True(samples[^1].Server - samples[1].Server < 50, "The server's memory grows.");
    }

    // However long the run: what a browser holds has a limit.
    private static async Task ItIsBoundedAsync(IPage page)
    {
        Assert.InRange(await page.Locator("table tbody tr").CountAsync(), 1, 250);
        Assert.InRange(await page.Locator("svg circle").CountAsync(), 1, 1700);
        Assert.InRange(await page.Locator("main img").CountAsync(), 0, 48);
    }

    private async Task StartAsync(string run, int steps, string dataset = "fewer", int seed = 1) => await _system.Client.Runs.CreateRunAsync(
        new()
        {
            RunId = run,
            Settings = new() { Dataset = dataset, Steps = steps, CandidatesPerStep = 8, Patience = 0, Shots = 1, Descriptions = false, Seed = seed },
        }, cancellationToken: Cancellation);

    private string Address(string run) => new Uri(live.Address, $"/runs/{run}").ToString();

    // When each length of the journal was there, as the orchestrator tells it.
    private async Task<IReadOnlyList<(long Length, double At)>> JournalledAsync(string run)
    {
        var lengths = new List<(long, double)>();
        using var call = _system.Client.Runs.WatchRun(new() { RunId = run }, deadline: DateTime.MaxValue, cancellationToken: Cancellation);
        await foreach (var state in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            lengths.Add((state.Run.JournalLength, (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds));
            Assert.True(state.Run.State != RunState.Failed, state.Run.Reason);
        }
        return lengths;
    }

    // A run that hangs is to be told from a page that does.
    private async Task<T> EndAsync<T>(string run, Task<T> ended)
    {
        try { return await ended.WaitAsync(IsFull ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Chromium.Patience), Cancellation); }
        catch (TimeoutException)
        {
            var state = await _system.Client.Runs.GetRunAsync(new() { RunId = run }, cancellationToken: Cancellation);
            throw new TimeoutException($"The run goes on: {state.Run}");
        }
    }

    // From each event to the first page that shows it or a later one.
    private static List<double> Delays(IReadOnlyList<(long Length, double At)> journalled, double[][] seen)
    {
        var delays = new List<double>();
        foreach (var (length, at) in journalled.GroupBy(one => one.Length).Select(group => (group.Key, group.Min(one => one.At))))
        {
            if (at < seen[0][1]) continue; // before somebody looked
            if (Array.Find(seen, shown => shown[0] >= length) is { } first) delays.Add(Math.Max(0, first[1] - at));
        }
        return [.. delays.Order()];
    }

    // One run with so many pages open, from where all of them see that it stands. It is the same work each time: nothing that was scored before is
    // known any more.
    private async Task<(TimeSpan Time, IReadOnlyList<TimeSpan> Cpu, double Bytes)> WatchedAsync(string run, int viewers, int[] processes)
    {
        Assert.True((await _system.CommandAsync("redis", "forget", Cancellation)).Success);
        Assert.True((await _system.CommandAsync("clip-scorer", KnownResourceCommands.RestartCommand, Cancellation)).Success);
        await _system.HealthyAsync("clip-scorer", Cancellation);
        await StartAsync(run, Steps);
        await _system.Client.Runs.PauseRunAsync(new() { RunId = run }, cancellationToken: Cancellation);
        await JournalledAsync(run);
        var (pages, seen) = (new List<Circuit>(), new List<Task>());
        try
        {
            for (var viewer = 0; viewer < viewers; viewer++)
            {
                pages.Add(await Circuit.OpenAsync(new(Address(run)), Cancellation));
                seen.Add(pages[^1].SeesAsync("verdict"));
            }
            Assert.DoesNotContain(seen, one => one.IsCompleted);
            var (clock, before) = (Stopwatch.StartNew(), Cpu(processes));
            await _system.Client.Runs.ResumeRunAsync(new() { RunId = run }, cancellationToken: Cancellation);
            await JournalledAsync(run);
            var (time, after) = (clock.Elapsed, Cpu(processes));
            await Task.WhenAll(seen).WaitAsync(Cancellation);
            return (time, [.. after.Zip(before, (end, begin) => end - begin)], pages.Select(page => (double)page.Bytes).DefaultIfEmpty().Average());
        }
        finally
        {
            foreach (var page in pages) await page.DisposeAsync();
        }
    }

    // What comes first has the verdict in it: it is drawn on the server.
    private async Task<double> PaintAsync(string run)
    {
        using var http = new HttpClient { BaseAddress = live.Address };
        Assert.Contains("class=\"verdict\"", await http.GetStringAsync(new Uri($"/runs/{run}", UriKind.Relative), Cancellation), StringComparison.Ordinal);
        var page = await _chromium.PageAsync();
        await page.GotoAsync(Address(run));
        await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();
        var paint = await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
        await page.Context.CloseAsync();
        return paint;
    }

    private static List<TimeSpan> Cpu(int[] processes) => [.. processes.Select(id => Process.GetProcessById(id).TotalProcessorTime)];

    private static long Resident(int process) => Process.GetProcessById(process).WorkingSet64;

    private static double Share<T>(IReadOnlyList<T> ordered, double share) where T : IConvertible =>
        ordered.Count == 0 ? 0 : ordered[(int)(share * (ordered.Count - 1))].ToDouble(CultureInfo.InvariantCulture);

    private static void Say(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);
}

/// <summary>One system and one browser for all tests of a live run.</summary>
public sealed class LiveRunSystem : BrowserTest
{
    private static readonly int Classes = LiveRunTests.IsFull ? 1000 : 30, Fewer = LiveRunTests.IsFull ? 100 : 10;

    internal RunningSystem System
    {
        get
        {
            Chromium.SkipWithout();
            return _system;
        }
    }

    internal Chromium Browser => _chromium;

    internal Uri Address => Root;

    private protected override (string Name, string Value)[] Settings => [("IPO_DATASETS", _folder)];

    // A fixture cannot skip: without a browser it starts nothing, and its tests do.
    public override ValueTask InitializeAsync() => Chromium.Program is null ? ValueTask.CompletedTask : base.InitializeAsync();

    private protected override Task WriteAsync()
    {
        ManyClasses.Write(Path.Combine(_folder, "many"), Classes);
        ManyClasses.Write(Path.Combine(_folder, "fewer"), Fewer);
        return Task.CompletedTask;
    }

    private protected override async Task PrepareAsync()
    {
        foreach (var name in (string[])["many", "fewer"])
            await _system.Client.Datasets.RegisterDatasetAsync(
                new() { Name = name, Path = Path.Combine(_folder, name) }, cancellationToken: Cancellation);
    }
}
