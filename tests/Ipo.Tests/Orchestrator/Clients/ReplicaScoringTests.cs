using Ipo.Optimization.State;
using Ipo.Orchestrator.Clients;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Ipo.Tests.Orchestrator.Clients;

/// <summary>Runs over several scorers, called as the orchestrator calls them.</summary>
public sealed class ReplicaScoringTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly List<ScorerReplica> _replicas = [];
    private FakeServices _fakes = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        TinyDataset.WriteSplit(_folder, "data/tiny", classes: 4, imagesPerClass: 8);
        for (var number = 0; number < 3; number++) _replicas.Add(await ScorerReplica.StartAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) await replica.DisposeAsync();
        await _fakes.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_replicas_score_and_what_a_run_finds_is_the_same_as_with_one()
    {
        var alone = await RunAsync(1);
        Assert.Equal(RunStatus.Completed, alone.Status);
        foreach (var replica in _replicas) replica.Scorer.ScoredTemplates.Clear();
        var several = await RunAsync(3);
        Assert.Equal(alone.Scored, several.Scored);
        Assert.Equal(alone.Winner, several.Winner);
        Assert.Equal(
            alone.Evaluations.Select(one => one with { At = default }).Select(one => one.ToString()),
            several.Evaluations.Select(one => one with { At = default }).Select(one => one.ToString()));
        var all = _replicas.Sum(replica => replica.Scorer.ScoredTemplates.Count);
        Assert.All(_replicas, replica => Assert.InRange(replica.Scorer.ScoredTemplates.Count, all / 6, all / 2));
    }

    [Fact]
    public async Task One_that_dies_costs_a_run_nothing()
    {
        foreach (var replica in _replicas) replica.ServiceTime = TimeSpan.FromMilliseconds(10);
        var running = RunAsync(3);
        await OrchestratorLab.UntilAsync(() => _replicas[1].Scorer.ScoredTemplates.Count > 2);
        await _replicas[1].EndAsync();
        Assert.Equal(RunStatus.Completed, (await running).Status);
    }

    [Fact]
    public async Task A_full_queue_is_waited_for()
    {
        foreach (var replica in _replicas) (replica.ServiceTime, replica.Places) = (TimeSpan.FromMilliseconds(5), 1);
        Assert.Equal(RunStatus.Completed, (await RunAsync(2)).Status);
        Assert.True(_replicas.Sum(replica => replica.Refused) > 0, "nothing was refused");
    }

    private async Task<RunState> RunAsync(int replicas)
    {
        // Its own channel, in a host of its own: the lab has registered the fakes' client.
        var caller = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        caller.Configuration.AddInMemoryCollection(
            _replicas.Take(replicas).Select((replica, number) => KeyValuePair.Create($"services:clip-scorer:grpc:{number}", (string?)replica.Address.ToString())));
        caller.AddIpoGrpcClient<Ipo.V1.ClipScorerService.ClipScorerServiceClient>("clip-scorer");
        using var host = caller.Build();
        var scorer = new ScorerClient(
            host.Services.GetRequiredService<Ipo.V1.ClipScorerService.ClipScorerServiceClient>(), host.Services.GetRequiredKeyedService<Replicas>("clip-scorer"));
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, services: services => services.AddSingleton(scorer));
        await lab.RegisterAsync("tiny");
        await lab.Client.Runs.CreateRunAsync(
            new() { RunId = $"run-{replicas}", Settings = new() { Dataset = "tiny", Steps = 6, Shots = 2, CandidatesPerStep = 12, Patience = 0, Preset = "robust" } },
            cancellationToken: Cancellation);
        return await lab.EndAsync($"run-{replicas}");
    }
}
