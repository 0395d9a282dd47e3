using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Placement;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Placement;

/// <summary>Several orchestrators over one real PostgreSQL.</summary>
[Collection(WithPostgres.Name)]
public sealed class ClusterTests(PostgresServer server) : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly string _database = server.CreateDatabase();
    private FakeServices _fakes = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        TinyDataset.Write(_folder, "data/tiny");
    }

    public async ValueTask DisposeAsync()
    {
        await _fakes.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_run_is_worked_on_by_one_of_several_and_ends_as_if_there_were_one()
    {
        await using var first = await StartAsync();
        await first.RegisterAsync("tiny");
        await CreateAsync(first, "alone");
        var alone = await first.EndAsync("alone");
        await using var second = await StartAsync();
        await using var third = await StartAsync();
        OrchestratorLab[] all = [first, second, third];

        for (var number = 0; number < 12; number++) await CreateAsync(all[number % 3], $"run-{number}");
        for (var number = 0; number < 12; number++)
        {
            // Whom one asks does not matter.
            var run = await all[(number + 1) % 3].EndAsync($"run-{number}");
            Assert.Equal(RunStatus.Completed, run.Status);
            Assert.Equal(Scored(alone), Scored(run));
            Assert.Equal(0, run.Spending.Failures.GetValueOrDefault(FailureKind.Interrupted));
        }
    }

    [Fact]
    public async Task A_run_of_one_that_stops_goes_on_at_another_and_a_wish_finds_its_worker()
    {
        var gate = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async call => { if (call > 2) await gate.Task; return null; };
        await using var stays = await StartAsync();
        await stays.RegisterAsync("tiny");
        var leaves = await StartAsync();
        string[] runs = [.. Enumerable.Range(0, 4).Select(number => $"run-{number}")];
        foreach (var run in runs) await CreateAsync(leaves, run, steps: 8);
        await OrchestratorLab.UntilAsync(() => _fakes.PromptGen.Requests.Count > 3);
        await stays.Client.Runs.FinishRunAsync(new() { RunId = runs[0] }, cancellationToken: Cancellation);
        var stopping = leaves.DisposeAsync();
        gate.SetResult();
        await stopping;

        foreach (var run in runs) Assert.Equal(RunStatus.Completed, (await stays.EndAsync(run)).Status);
        Assert.Equal(StopReason.Requested, (await stays.EndAsync(runs[0])).Ended!.Reason);
    }

    private static IEnumerable<(string, double)> Scored(RunState run) => run.Scored.Select(one => (one.Template.Text, one.Loss));

    private Task<OrchestratorLab> StartAsync() => OrchestratorLab.StartAsync(_folder, _fakes, configuration: new Dictionary<string, string?>
    {
        ["ConnectionStrings:postgres"] = _database,
        [Cluster.PortSetting] = "0",
        ["Ipo:Orchestrator:TakeUpEvery"] = "00:00:01",
    });

    private static async Task CreateAsync(OrchestratorLab lab, string runId, int steps = 3) => await lab.Client.Runs.CreateRunAsync(
        new() { RunId = runId, Settings = new() { Dataset = "tiny", Steps = steps, Shots = 2 } }, cancellationToken: Cancellation);
}
