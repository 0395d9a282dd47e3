using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Benchmarks;

/// <summary>Benchmarks over small datasets, one of which has EuroSAT's name and number of classes.</summary>
public abstract class BenchTest : OrchestratorTest
{
    private protected V1.RunSettings Settings { get; } = new() { Preset = "ipo-paper", Steps = 2, CandidatesPerStep = 3 };

    private protected override Task PrepareAsync()
    {
        TinyDataset.WriteSplit(Folder, "data/eurosat", classes: 10, imagesPerClass: 6);
        TinyDataset.WriteSplit(Folder, "data/dtd", classes: 4, imagesPerClass: 6);
        return Task.CompletedTask;
    }

    private protected Task<V1.Dataset> RegisterAsync(string name, string template = "") => Lab.RegisterAsync(name, template);

    private protected async Task<V1.PlanBenchResponse> PlanAsync(V1.Bench bench) => await Lab.Client.Bench.PlanBenchAsync(new() { Bench = bench }, cancellationToken: Cancellation);

    /// <summary>Makes all runs of a benchmark.</summary>
    private protected async Task<IReadOnlyList<V1.RunReport>> RunAsync(V1.Bench bench)
    {
        var reports = new List<V1.RunReport>();
        foreach (var run in (await PlanAsync(bench)).Runs)
        {
            await Client.Runs.CreateRunAsync(new() { RunId = run.RunId, Settings = run.Settings }, cancellationToken: Cancellation);
            await Lab.EndAsync(run.RunId);
            reports.Add((await Client.Reports.GetRunReportAsync(new() { RunId = run.RunId }, cancellationToken: Cancellation)).Report);
        }
        return reports;
    }

    private protected async Task<(V1.BenchTable Table, List<string> Progress)> TabulateAsync(V1.Bench bench)
    {
        using var call = Lab.Client.Bench.TabulateBench(new() { Bench = bench }, cancellationToken: Cancellation);
        var responses = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        foreach (var targets in responses.Where(response => response.Encoding is not null).GroupBy(response => response.Encoding.Doing))
            Assert.Equal(targets.Last().Encoding.Images, targets.Last().Encoding.ImagesDone); // 100 %
        return (responses[^1].Table, [.. responses.SkipLast(1).Where(response => response.Encoding is null).Select(response => response.Progress)]);
    }

    private protected async Task RefusedAsync(V1.Bench bench, string message, StatusCode code = StatusCode.InvalidArgument)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => PlanAsync(bench));
        Assert.Equal(code, refused.StatusCode);
        Assert.Contains(message, refused.Status.Detail, StringComparison.Ordinal);
    }
}
