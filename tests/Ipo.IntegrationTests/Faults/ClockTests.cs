using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>Clocks that are set an hour on and back while a run goes on, by libfaketime, which leaves the clock that only counts alone, as a person
/// or NTP does.</summary>
[Collection(nameof(Faults))]
public sealed class ClockTests(Undisturbed undisturbed, ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_finds_the_same_while_the_clock_is_set_on_and_back()
    {
        var library = Directory.Exists("/usr/lib") ? Directory.GetFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true }).FirstOrDefault() : null;
        if (library is null) Assert.Skip("faketime is not installed; install it to run this test.");
        await using var system = await FaultSystem.StartAsync(Cancellation);
        var clock = Path.Combine(system.Folder, "clock");
        await File.WriteAllTextAsync(clock, "+0\n", Cancellation);
        (ServiceProcess, Dictionary<string, string>)[] services =
        [
            (system.Scorer, system.ScorerSettings), (system.Captioner, system.CaptionerSettings), (system.Proposer, system.ProposerSettings),
            (system.Orchestrator, system.OrchestratorSettings),
        ];
        foreach (var (service, settings) in services)
        {
            (settings["LD_PRELOAD"], settings["FAKETIME_TIMESTAMP_FILE"]) = (library, clock);
            (settings["FAKETIME_NO_CACHE"], settings["FAKETIME_DONT_FAKE_MONOTONIC"], settings["DONT_FAKE_MONOTONIC"]) = ("1", "1", "1");
            await system.RestartAsync(service, Cancellation);
        }
        system.Model.Latency = TimeSpan.FromSeconds(1);
        await system.CreateRunAsync("run", Undisturbed.Settings, Cancellation);
        foreach (var (steps, set) in new[] { (1, "+3600"), (3, "-3600") })
        {
            await system.UntilAsync("run", run => run.StepsCompleted >= steps, Cancellation);
            // In one piece: half of it would be another time.
            await File.WriteAllTextAsync($"{clock}.next", $"{set}\n", Cancellation);
            File.Move($"{clock}.next", clock, overwrite: true);
        }
        var run = await undisturbed.DemandSameAsync(system, "run", Cancellation);
        var times = (await system.EventsAsync("run", Cancellation)).Select(happened => DateTimeOffset.Parse(happened["at"]!.GetValue<string>(), null)).ToList();
        var jumps = times.Zip(times.Skip(1), (before, after) => (after - before).TotalMinutes).Where(minutes => Math.Abs(minutes) > 10).ToList();
        output.WriteLine($"{run.State}, equal trajectory; jumps in the journal's times: {string.Join(", ", jumps.Select(minutes => $"{minutes:+0;-0} min"))}; running time shown: {run.Elapsed.ToTimeSpan()}");
        Assert.Equal(2, jumps.Count);
    }
}
