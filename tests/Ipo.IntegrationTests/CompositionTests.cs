using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>What the composition does for those who use it.</summary>
public sealed class CompositionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_service_is_started_again()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation);

        foreach (var service in system.Services)
            await system.RestartedAsync(service, await system.KillAsync(service, Cancellation), Cancellation);

        Assert.Equal(0, (await system.IpoAsync(Cancellation, "model")).ExitCode);
    }

    [Fact]
    public async Task A_service_that_a_person_stopped_stays_stopped()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation);

        Assert.True((await system.CommandAsync("captioner", "stop", Cancellation)).Success);
        await system.EndedAsync("captioner", Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(3), Cancellation); // a crashed one would be started after one

        Assert.DoesNotContain("restarting it", system.Output, StringComparison.Ordinal);
        Assert.NotNull(await system.EndedAsync("captioner", Cancellation));
    }

    [Fact]
    public async Task Three_scorers_share_the_work_of_a_run_and_change_nothing_in_it()
    {
        var one = await TrajectoryAsync(scorers: 1);
        var three = await TrajectoryAsync(scorers: 3);

        Assert.Equal(one.Trajectory, three.Trajectory);
        Assert.Equal(["clip-scorer", "clip-scorer-2", "clip-scorer-3"], three.Calls.Keys.Order());
        Assert.All(three.Calls.Values, calls => Assert.True(calls >= 5, string.Join(", ", three.Calls)));
        TestContext.Current.TestOutputHelper!.WriteLine($"Calls: {string.Join(", ", three.Calls)}");
    }

    [Fact]
    public async Task The_sample_run_of_a_first_start_shows_a_result_buys_nothing_and_can_be_repeated_with_another_seed()
    {
        await using var provider = await OpenAiServer.StartAsync();
        await using var system = await RunningSystem.StartAsync(
            Cancellation,
            ("IPO_SAMPLE", ""),
            ("IPO_OPENAI_ENDPOINT", provider.Endpoint.ToString()),
            ("IPO_OPENAI_MODEL", "some-language-model"),
            ("IPO_OPENAI_VISION_MODEL", "some-vision-model"),
            ("IPO_OPENAI_KEY", "a-key"));

        Assert.Equal(0, await system.EndedAsync("sample", Cancellation));
        Assert.Contains("Better: ", system.Output, StringComparison.Ordinal);
        Assert.Empty(provider.Requests);
        var run = Assert.Single((await system.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
        Assert.Equal(("evolve", 0), (run.Settings.Proposers.Single().Name, run.Spending.CostMicroUsd));

        // The command's trace and the run's come whole: each has its root.
        foreach (var name in (string[])["ipo optimize", "run"])
            await RunningSystem.UntilAsync(async () => (await system.SpansAsync(Cancellation)).Any(span => span.Name == name && span.ParentId.Length == 0), Cancellation);

        var report = await system.CommandAsync("orchestrator", "report", Cancellation);
        Assert.True(report.Success, report.Message);
        Assert.Contains("# neon-animals: ", report.Data!.Value, StringComparison.Ordinal);

        Assert.True((await system.CommandAsync("sample", "search-again", Cancellation)).Success);
        await RunningSystem.UntilAsync(async () => (await RunsAsync(system)).Count(one => one.State == RunState.Completed) == 2, Cancellation);
        Assert.Equal([1, 2], (await RunsAsync(system)).Select(one => one.Settings.Seed).Order());
    }

    [Fact]
    public async Task The_cache_can_be_emptied_from_the_dashboard()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation);

        var forgotten = await system.CommandAsync("redis", "forget", Cancellation);

        Assert.True(forgotten.Success, forgotten.Message);
        Assert.StartsWith("Deleted 0 entries.", forgotten.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<Run>> RunsAsync(RunningSystem system) =>
        (await system.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs;

    private static async Task<(string Trajectory, IReadOnlyDictionary<string, int> Calls)> TrajectoryAsync(int scorers)
    {
        await using var system = await RunningSystem.StartAsync(Cancellation, ("IPO_SCORERS", $"{scorers}"));
        var folder = Path.Combine(system.Home, "drawn");
        await BuiltPrograms.DrawAsync(folder, Cancellation, "--style", "neon", "--category", "animal", "--count", "20");
        string[][] commands = [["optimize", folder, "--run-id", "run", "--steps", "6", "--shots", "8", "--json"]];
        foreach (var command in commands)
        {
            var result = await system.IpoAsync(Cancellation, command);
            Assert.True(result.ExitCode == 0, $"{result.Output}\n{result.Errors}");
        }
        var report = (await system.Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Report;
        Dictionary<string, int> calls = [];
        await RunningSystem.UntilAsync(async () =>
        {
            calls = (await system.SpansAsync(Cancellation))
                .Where(span => span.Service.StartsWith("clip-scorer", StringComparison.Ordinal) && span.Name.Contains("ClipScorerService", StringComparison.Ordinal))
                .GroupBy(span => span.Service).ToDictionary(group => group.Key, group => group.Count());
            return calls.Count == scorers;
        }, Cancellation);
        return (string.Join('\n', report.Trajectory), calls);
    }
}
