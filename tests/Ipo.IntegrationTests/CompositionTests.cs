using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>What the composition does for those who use it.</summary>
public sealed class CompositionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cache_can_be_emptied_a_stopped_service_stays_stopped_and_a_killed_one_is_started_again()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation);

        var forgotten = await system.CommandAsync("redis", "forget", Cancellation);
        Assert.True(forgotten.Success, forgotten.Message);
        Assert.StartsWith("Deleted 0 entries.", forgotten.Message, StringComparison.Ordinal);

        Assert.True((await system.CommandAsync("captioner", KnownResourceCommands.StopCommand, Cancellation)).Success);
        await system.EndedAsync("captioner", Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(3), Cancellation); // a crashed one would be started after one
        Assert.DoesNotContain("restarting it", system.Output, StringComparison.Ordinal);
        Assert.NotNull(await system.EndedAsync("captioner", Cancellation));
        Assert.True((await system.CommandAsync("captioner", KnownResourceCommands.StartCommand, Cancellation)).Success);
        await system.HealthyAsync("captioner", Cancellation);

        foreach (var service in system.Services)
            await system.RestartedAsync(service, await system.KillAsync(service, Cancellation), Cancellation);
        Assert.Equal(0, (await system.IpoAsync(Cancellation, "model")).ExitCode);
    }

    // The AppHost is told so; its services stay on loopback here.
    [Fact]
    public async Task Opened_to_the_network_neither_the_home_folder_nor_the_current_one_can_be_registered()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation, ("IPO_BIND", "any"));
        foreach (var folder in (string[])[Environment.CurrentDirectory, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)])
        {
            var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
                async () => await system.Client.Datasets.RegisterDatasetAsync(new() { Path = folder }, cancellationToken: Cancellation));
            Assert.Contains("does not lie under a dataset root", refused.Status.Detail, StringComparison.Ordinal);
        }
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
    public async Task What_a_run_found_is_compared_on_checkpoints_of_two_other_families_and_runs_keep_their_own()
    {
        using var other = new TempFolder();
        string[] folders = [Mixed(other), Tests.Shared.Path("data/goldens2/siglip-random")];
        await using var system = await RunningSystem.StartAsync(Cancellation, ("IPO_COMPARE_CHECKPOINTS", string.Join(Path.PathSeparator, folders)));
        Assert.Superset(new HashSet<string> { "comparison-scorer", "comparison-scorer-2" }, system.Services.ToHashSet());
        var folder = Path.Combine(system.Home, "drawn");
        await BuiltPrograms.DrawAsync(folder, Cancellation, "--style", "neon", "--category", "animal", "--count", "20");
        var run = await system.IpoAsync(Cancellation, "optimize", folder, "--run-id", "run", "--steps", "6", "--shots", "8", "--json");
        Assert.True(run.ExitCode == 0, $"{run.Output}\n{run.Errors}");

        var compared = await system.IpoAsync(
            Cancellation, "compare", "run", "--checkpoint", "siglip-random", "--checkpoint", "mixed-clip", "--checkpoint", "ipo-tiny", "--json");
        Assert.True(compared.ExitCode == 0, $"{compared.Output}\n{compared.Errors}");
        var comparison = RunComparison.Parser.ParseJson(compared.Output);
        Assert.Equal(["siglip-random", "mixed-clip", "ipo-tiny"], comparison.Checkpoints.Select(one => one.Model.Name));
        Assert.Equal(
            [ZeroShotProbability.Sigmoid, ZeroShotProbability.Softmax, ZeroShotProbability.Softmax], comparison.Checkpoints.Select(one => one.Model.Probability));
        Assert.Equal([false, false, true], comparison.Checkpoints.Select(one => one.IsRunsOwn));
        Assert.Equal("ipo-tiny", comparison.Recorded.Model.Name); // the run asked the scorer of runs
        Assert.Equal(Scores(comparison.Recorded), Scores(comparison.Checkpoints[2]));
        Assert.Equal(3, comparison.Checkpoints.Select(one => one.PromptSets[0].Score.Loss).Distinct().Count());
        TestContext.Current.TestOutputHelper!.WriteLine((await system.IpoAsync(Cancellation, "compare", "run", "--checkpoint", "siglip-random", "--checkpoint", "mixed-clip")).Output);
        TestContext.Current.TestOutputHelper!.WriteLine(comparison.Message);

        var unknown = await system.IpoAsync(Cancellation, "compare", "run", "--checkpoint", "vit-h");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("No scorer has a checkpoint 'vit-h'; served are: ipo-tiny ", unknown.Errors, StringComparison.Ordinal);

        static List<(PromptSet, double)> Scores(CheckpointScores checkpoint) =>
            [.. checkpoint.PromptSets.Select(set => (set.PromptSet, Math.Round(set.Score.Accuracy, 6)))];
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

    // ipo-tiny with the numbers of its last image weights in the opposite order: another checkpoint of CLIP's family.
    private static string Mixed(TempFolder folder)
    {
        var (source, target) = (Path.Combine(Tests.Shared.Repository, "models", "ipo-tiny"), Path.Combine(folder, "mixed-clip"));
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source).Where(file => !file.EndsWith("reference.json", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        var weights = File.ReadAllBytes(Path.Combine(source, "model.safetensors"));
        var header = 8 + BinaryPrimitives.ReadInt32LittleEndian(weights);
        using var json = JsonDocument.Parse(weights.AsMemory(8, header - 8));
        var tensor = json.RootElement.GetProperty("visual_projection.weight");
        var (begin, end) = (tensor.GetProperty("data_offsets")[0].GetInt32(), tensor.GetProperty("data_offsets")[1].GetInt32());
        var numbers = weights.AsSpan(header + begin, end - begin);
        Assert.Equal("F16", tensor.GetProperty("dtype").GetString());
        MemoryMarshal.Cast<byte, Half>(numbers).Reverse();
        File.WriteAllBytes(Path.Combine(target, "model.safetensors"), weights);
        return target;
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
