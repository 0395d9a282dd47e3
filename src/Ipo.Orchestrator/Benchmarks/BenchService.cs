using System.Threading.Channels;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>The public service of benchmarks: it translates.</summary>
internal sealed class BenchService(
    BenchDatasets datasets, BenchPlanning planning, BenchTabulation tabulation, PublishedScoring published, Estimation estimation)
    : V1.BenchService.BenchServiceBase
{
    [ForRole(Role.Read)]
    public override Task<V1.FindBenchDatasetsResponse> FindBenchDatasets(V1.FindBenchDatasetsRequest request, ServerCallContext context) =>
        Task.FromResult(BenchMapping.Of(datasets.Find(request.Root, request.Names)));

    [ForRole(Role.Read)]
    public override async Task<V1.PlanBenchResponse> PlanBench(V1.PlanBenchRequest request, ServerCallContext context)
    {
        var plan = await planning.PlanAsync(BenchMapping.Read(request.Bench), context.CancellationToken);
        var response = BenchMapping.Of(plan, request.Bench);
        if (request.WithEstimates)
            foreach (var (run, planned) in response.Runs.Zip(plan.Runs))
                run.Estimate = await estimation.EstimateAsync(planned.Settings, context.CancellationToken);
        return response;
    }

    [ForRole(Role.Run)]
    public override Task TabulateBench(
        V1.TabulateBenchRequest request, IServerStreamWriter<V1.TabulateBenchResponse> responseStream, ServerCallContext context) =>
        TellAsync(tell => tabulation.TabulateAsync(BenchMapping.Read(request.Bench), tell, context.CancellationToken),
            now => responseStream.WriteAsync(
                now.Images == 0 ? new() { Progress = now.Doing } : new() { Encoding = BenchMapping.Of(now) }, context.CancellationToken),
            table => responseStream.WriteAsync(new() { Table = BenchMapping.Of(table) }, context.CancellationToken));

    [ForRole(Role.Run)]
    public override Task ComparePublished(
        V1.ComparePublishedRequest request, IServerStreamWriter<V1.ComparePublishedResponse> responseStream, ServerCallContext context) =>
        TellAsync(tell => published.CompareAsync(request.Csv, request.Datasets, tell, context.CancellationToken),
            now => responseStream.WriteAsync(
                now.Images == 0 ? new() { Progress = now.Doing } : new() { Encoding = BenchMapping.Of(now) }, context.CancellationToken),
            compared => responseStream.WriteAsync(new() { Comparison = BenchMapping.Of(compared) }, context.CancellationToken));

    // A stream takes one write at a time, and progress comes from several threads.
    private static async Task TellAsync<T>(
        Func<Action<ScoringProgress>, Task<T>> work, Func<ScoringProgress, Task> progress, Func<T, Task> result)
    {
        var said = Channel.CreateUnbounded<ScoringProgress>();
        var working = WorkAsync();
        await foreach (var line in said.Reader.ReadAllAsync()) await progress(line);
        await result(await working);

        async Task<T> WorkAsync()
        {
            try { return await work(line => said.Writer.TryWrite(line)); }
            finally { said.Writer.Complete(); }
        }
    }
}
