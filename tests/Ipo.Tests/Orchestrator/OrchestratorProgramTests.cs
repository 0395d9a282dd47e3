using Grpc.Core;
using Ipo.Captioner;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Storage;
using Ipo.PromptGen;
using Ipo.Tests.Fakes;
using Xunit;
using static Grpc.Health.V1.HealthCheckResponse.Types;
using GrpcHealth = Grpc.Health.V1.Health;

namespace Ipo.Tests.Orchestrator;

/// <summary>The orchestrator's own Program.cs.</summary>
public sealed class OrchestratorProgramTests
{
    private static readonly string[] Services = ["clip-scorer", "captioner", "prompt-gen"];

    [Theory]
    [InlineData("ParallelRuns", "0", "Ipo:Orchestrator:ParallelRuns is 0; set it to 1 up to 1000 runs.")]
    [InlineData("StopGrace", "abc", "Failed to convert configuration value 'abc' at 'Ipo:Orchestrator:StopGrace' to type 'System.TimeSpan'.")]
    [InlineData("DataDirectory", "{file}/below", "Ipo:Orchestrator:DataDirectory '{file}/below' cannot be used: ")]
    public async Task A_wrong_setting_ends_it_with_one_line(string setting, string value, string message)
    {
        using var folder = new TempFolder();
        var file = folder.Write("file", "");
        var (exit, error) = await ServiceProcess.RunAsync<RunHost>(
        [
            $"--Ipo:Orchestrator:DataDirectory={Path.Combine(folder, "state")}",
            $"--Ipo:Orchestrator:{setting}={value.Replace("{file}", file, StringComparison.Ordinal)}",
            .. Services.Select(service => $"--services:{service}:grpc:0=http://127.0.0.1:1"),
        ]);

        Assert.Equal(1, exit);
        Assert.StartsWith($"orchestrator cannot start: {message.Replace("{file}", file, StringComparison.Ordinal)}", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    // Each would work on the other's runs, and buy their answers again.
    [Fact]
    public async Task A_second_orchestrator_in_one_data_directory_is_refused()
    {
        using var folder = new TempFolder();
        var first = SqliteDatabase.InFolder(folder, 0);
        Assert.Equal(
            (1, $"orchestrator cannot start: another orchestrator works in {folder.Path}; stop it, or set Ipo:Orchestrator:DataDirectory to another folder.\n"),
            await StartAsync(folder));
        first.Dispose();
        using var next = SqliteDatabase.InFolder(folder, 0);
    }

    [Fact]
    public async Task Open_to_the_network_a_dataset_root_that_holds_more_than_datasets_is_refused()
    {
        using var data = new TempFolder();
        foreach (var root in (string[])["/", data.Path, Path.GetDirectoryName(data.Path)!, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)])
        {
            var (exit, error) = await StartAsync(data, "--IPO_BIND=any", "--insecure", $"--Ipo:Orchestrator:DatasetRoots:0={root}");
            Assert.Equal(1, exit);
            Assert.StartsWith($"orchestrator cannot start: Ipo:Orchestrator:DatasetRoots holds '{root}', and '", error, StringComparison.Ordinal);
            Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public async Task A_damaged_database_ends_it_with_what_to_do()
    {
        using var folder = new TempFolder();
        var file = folder.Write("ipo.db", "this was a database, " + new string('x', 9000));
        var (exit, error) = await StartAsync(folder);
        Assert.Equal(1, exit);
        Assert.StartsWith($"orchestrator cannot start: {file} is not a database or is damaged (", error, StringComparison.Ordinal);
        Assert.EndsWith(" Restore a backup, or move it away to start with an empty one.\n", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static Task<(int Exit, string Error)> StartAsync(TempFolder data, params string[] more) => ServiceProcess.RunAsync<RunHost>(
    [
        $"--Ipo:Orchestrator:DataDirectory={data.Path}",
        .. Services.Select(service => $"--services:{service}:grpc:0=http://127.0.0.1:1"), .. more,
    ]);

    [Fact]
    public async Task Health_is_answered_for_each_service_by_its_full_name()
    {
        using var folder = new TempFolder();
        await using var orchestrator = new InProcessService<RunHost>(Services
            .ToDictionary(service => $"services:{service}:grpc:0", _ => (string?)"http://127.0.0.1:1")
            .Append(new("Ipo:Orchestrator:DataDirectory", Path.Combine(folder, "state"))).ToDictionary());
        await using var captioner = new InProcessService<CachingCaptioner>(new() { ["services:clip-scorer:grpc:0"] = "http://127.0.0.1:1" });
        await using var promptGen = new InProcessService<Proposers>();
        var asked = new (ChannelBase Channel, Func<string, bool> Offers)[]
        {
            (orchestrator.Channel, package => package == "ipo.v1"),
            (captioner.Channel, package => package == "ipo.captioner.v1"),
            (promptGen.Channel, package => package == "ipo.promptgen.v1"),
        };
        foreach (var (channel, offers) in asked)
        {
            var names = Http.HttpApiTests.Contracts.Where(file => offers(file.Package)).SelectMany(file => file.Services).Select(one => one.FullName).ToList();
            Assert.NotEmpty(names);
            foreach (var name in names)
            {
                var answer = await new GrpcHealth.HealthClient(channel).CheckAsync(
                    new() { Service = name }, cancellationToken: TestContext.Current.CancellationToken);
                Assert.True(answer.Status == ServingStatus.Serving, $"{name} is {answer.Status}");
            }
        }
    }
}
