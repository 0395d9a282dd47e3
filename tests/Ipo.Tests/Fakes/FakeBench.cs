using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Ipo.V1;

namespace Ipo.Tests.Fakes;

/// <summary>A service of benchmarks that answers from what a test put into it and notes every request.</summary>
internal sealed class FakeBench : BenchService.BenchServiceBase
{
    public ConcurrentQueue<IMessage> Requests { get; } = new();

    public FindBenchDatasetsResponse Found { get; set; } = new();

    public PlanBenchResponse Plan { get; set; } = new();

    public IReadOnlyList<TabulateBenchResponse> Table { get; set; } = [];

    public IReadOnlyList<ComparePublishedResponse> Comparison { get; set; } = [];

    public override Task<FindBenchDatasetsResponse> FindBenchDatasets(FindBenchDatasetsRequest request, ServerCallContext context)
    {
        Requests.Enqueue(request);
        var found = Found.Clone();
        // A name that is asked for alone is found alone, as a source is.
        if (request.Names is [var name]) foreach (var other in Found.Datasets.Where(dataset => dataset.Name != name)) found.Datasets.Remove(other);
        return Task.FromResult(found);
    }

    public override Task<PlanBenchResponse> PlanBench(PlanBenchRequest request, ServerCallContext context)
    {
        Requests.Enqueue(request);
        return Task.FromResult(Plan);
    }

    public override async Task TabulateBench(TabulateBenchRequest request, IServerStreamWriter<TabulateBenchResponse> responseStream, ServerCallContext context)
    {
        Requests.Enqueue(request);
        foreach (var response in Table) await responseStream.WriteAsync(response, context.CancellationToken);
    }

    public override async Task ComparePublished(ComparePublishedRequest request, IServerStreamWriter<ComparePublishedResponse> responseStream, ServerCallContext context)
    {
        Requests.Enqueue(request);
        foreach (var response in Comparison) await responseStream.WriteAsync(response, context.CancellationToken);
    }
}
