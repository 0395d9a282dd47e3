using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Ipo.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ipo.Tests.Fakes;

/// <summary>
/// An orchestrator over real h2c on a free port. It answers from what a test put into it, notes every request, and can
/// be told to fail a call or to break a watch stream.
/// </summary>
internal sealed class FakeOrchestrator : IAsyncDisposable
{
    private readonly WebApplication host;

    private FakeOrchestrator(int port, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = 64 * 1024 * 1024); // Image files pass the default of 4 MB.
        builder.Services.AddSingleton(this);
        builder.Services.AddSingleton(Bench);
        builder.Services.AddSingleton(Operations = new(this));
        host = builder.Build();
        host.MapGrpcService<Systems>();
        host.MapGrpcService<Datasets>();
        host.MapGrpcService<Runs>();
        host.MapGrpcService<Reports>();
        host.MapGrpcService<Comparisons>();
        host.MapGrpcService<FakeOperations>();
        host.MapGrpcService<Serving>();
        host.MapGrpcService<FakeBench>();
    }

    /// <summary>Its service of benchmarks.</summary>
    public FakeBench Bench { get; } = new();

    /// <summary>Its service of operations.</summary>
    public FakeOperations Operations { get; }

    /// <summary>The address of its gRPC port.</summary>
    public string Address => host.Urls.Single();

    /// <summary>What it estimates for any run.</summary>
    public EstimateRunResponse Estimate { get; set; } = new();

    /// <summary>All requests so far, in order.</summary>
    public ConcurrentQueue<IMessage> Requests { get; } = new();

    /// <summary>W3C trace parents of the calls so far; empty where a call carried none.</summary>
    public ConcurrentQueue<string> TraceParents { get; } = new();

    /// <summary>Deadlines of the calls so far.</summary>
    public ConcurrentQueue<DateTime> Deadlines { get; } = new();

    /// <summary>Faults by method, each thrown once.</summary>
    public ConcurrentDictionary<string, RpcException> Faults { get; } = new();

    /// <summary>What each opening of the watch stream does, in order; past the last one it waits for the caller to leave.</summary>
    public ConcurrentQueue<Watch> Watches { get; } = new();

    public GetSystemResponse Facts { get; set; } = new();
    public Dataset Dataset { get; set; } = new();

    public Run Run { get; set; } = new();

    /// <summary>Runs that are listed besides.</summary>
    public IReadOnlyList<Run> Others { get; set; } = [];

    /// <summary>Runs that are met again when they are created, by id.</summary>
    public Dictionary<string, Run> Standing { get; } = [];
    public GetRunReportResponse Report { get; set; } = new();
    public EvaluateTemplatesResponse Evaluation { get; set; } = new();
    public RunComparison Comparison { get; set; } = new();
    /// <summary>Templates that are read otherwise than they are written.</summary>
    public List<RepairedTemplate> Repaired { get; } = [];

    /// <summary>The checkpoint that classifies, and that of the run where it is another.</summary>
    public (Model? Now, Model? Ran) Checkpoints { get; set; }

    public Func<ByteString, Classification> Classify { get; set; } = _ => new();

    /// <summary>The descriptions of any run; it sends two a page, whatever is asked for.</summary>
    public IReadOnlyList<ImageDescription> Descriptions { get; set; } = [];

    /// <summary>The chunks of an export; one without content breaks it off.</summary>
    public IReadOnlyList<ExportRunResponse> Export { get; set; } = [];

    /// <summary>How long every unary call takes.</summary>
    public TimeSpan Slowness { get; set; }

    /// <summary>Starts one, on a free port unless a test brings back one that stood on this port.</summary>
    public static async Task<FakeOrchestrator> StartAsync(int port = 0, X509Certificate2? certificate = null)
    {
        var fake = new FakeOrchestrator(port, certificate);
        await fake.host.StartAsync();
        return fake;
    }

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    private sealed class Systems(FakeOrchestrator fake) : SystemService.SystemServiceBase
    {
        public override Task<GetSystemResponse> GetSystem(GetSystemRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => fake.Facts);
    }

    private sealed class Datasets(FakeOrchestrator fake) : DatasetService.DatasetServiceBase
    {
        public override Task<DeleteDatasetResponse> DeleteDataset(DeleteDatasetRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new DeleteDatasetResponse());

        public override Task<ListDatasetsResponse> ListDatasets(ListDatasetsRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new ListDatasetsResponse { Datasets = { fake.Dataset } });

        public override Task<GetDatasetResponse> GetDataset(GetDatasetRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new GetDatasetResponse { Dataset = fake.Dataset });
    }

    private sealed class Runs(FakeOrchestrator fake) : RunService.RunServiceBase
    {
        public override Task<CreateRunResponse> CreateRun(CreateRunRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new CreateRunResponse { Run = fake.Standing.TryGetValue(request.RunId, out var standing) ? standing : fake.Run });

        public override Task<EstimateRunResponse> EstimateRun(EstimateRunRequest request, ServerCallContext context) =>
            Task.FromResult(fake.Estimate);

        public override Task<GetRunResponse> GetRun(GetRunRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new GetRunResponse { Run = fake.Run });

        public override Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new ListRunsResponse { Runs = { fake.Run, fake.Others } });

        public override Task<ListDescriptionsResponse> ListDescriptions(ListDescriptionsRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () =>
            {
                var first = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken, CultureInfo.InvariantCulture);
                return new ListDescriptionsResponse
                {
                    Descriptions = { fake.Descriptions.Skip(first).Take(2) },
                    NextPageToken = first + 2 < fake.Descriptions.Count ? (first + 2).ToString(CultureInfo.InvariantCulture) : "",
                };
            });

        public override Task<PauseRunResponse> PauseRun(PauseRunRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new PauseRunResponse { Run = fake.Run });

        public override Task<CancelRunResponse> CancelRun(CancelRunRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new CancelRunResponse { Run = fake.Run });

        public override Task<ResumeRunResponse> ResumeRun(ResumeRunRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new ResumeRunResponse { Run = fake.Run });

        public override Task<DeleteRunResponse> DeleteRun(DeleteRunRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new DeleteRunResponse());

        public override async Task WatchRun(WatchRunRequest request, IServerStreamWriter<WatchRunResponse> responseStream, ServerCallContext context)
        {
            fake.Note(request, context);
            var watch = fake.Watches.TryDequeue(out var next) ? next : new Watch([], Waits: true);
            foreach (var state in watch.States) await responseStream.WriteAsync(new() { Run = state }, context.CancellationToken);
            if (watch.Fault is not null) throw watch.Fault;
            if (watch.Breaks) context.GetHttpContext().Abort();
            if (watch.Waits) await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
    }

    private sealed class Reports(FakeOrchestrator fake) : ReportService.ReportServiceBase
    {
        public override Task<GetRunReportResponse> GetRunReport(GetRunReportRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => fake.Report);

        public override async Task ExportRun(ExportRunRequest request, IServerStreamWriter<ExportRunResponse> responseStream, ServerCallContext context)
        {
            fake.Note(request, context);
            foreach (var chunk in fake.Export)
            {
                if (chunk is { Content.IsEmpty: true, Progress: null }) throw new RpcException(new Status(StatusCode.Internal, "It broke off."));
                await responseStream.WriteAsync(chunk, context.CancellationToken);
            }
        }
    }

    private sealed class Comparisons(FakeOrchestrator fake) : ComparisonService.ComparisonServiceBase
    {
        public override async Task CompareRun(CompareRunRequest request, IServerStreamWriter<CompareRunResponse> responseStream, ServerCallContext context) =>
            await responseStream.WriteAsync(new() { Comparison = await fake.Answer(request, context, () => fake.Comparison) });
    }

    private sealed class Serving(FakeOrchestrator fake) : ServingService.ServingServiceBase
    {
        public override Task<ClassifyImagesResponse> ClassifyImages(ClassifyImagesRequest request, ServerCallContext context) =>
            fake.Answer(request, context, () => new ClassifyImagesResponse { Classifications = { request.Contents.Select(fake.Classify) }, PromptSet = Prompts.Set("a <CLASS>."), Model = fake.Checkpoints.Now, RunModel = fake.Checkpoints.Ran, Repaired = { fake.Repaired } });
    }

    /// <summary>Answers as every unary call does.</summary>
    public async Task<T> Answer<T>(IMessage request, ServerCallContext context, Func<T> answer)
    {
        Note(request, context);
        if (Slowness > TimeSpan.Zero) await Task.Delay(Slowness, context.CancellationToken);
        return Faults.TryRemove(context.Method.Split('/')[^1], out var fault) ? throw fault : answer();
    }

    /// <summary>Notes a call.</summary>
    public void Note(IMessage request, ServerCallContext context)
    {
        Requests.Enqueue(request);
        Deadlines.Enqueue(context.Deadline);
        TraceParents.Enqueue(context.RequestHeaders.GetValue("traceparent") ?? "");
    }
}

/// <summary>
/// One opening of a watch stream: the states it sends, then how it ends. A stream that breaks may take the last states
/// with it, as a lost connection does.
/// </summary>
internal sealed record Watch(IReadOnlyList<Run> States, RpcException? Fault = null, bool Breaks = false, bool Waits = false);
