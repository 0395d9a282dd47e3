using Grpc.Core;

namespace Ipo.V1;

/// <summary>The public services of an orchestrator over one connection.</summary>
public sealed class IpoClient(CallInvoker calls)
{
    /// <summary>Over a channel without interceptors.</summary>
    public IpoClient(ChannelBase channel) : this(channel.CreateCallInvoker()) { }

    /// <summary>What the system is made of.</summary>
    public SystemService.SystemServiceClient System { get; } = new(calls);

    /// <summary>Datasets.</summary>
    public DatasetService.DatasetServiceClient Datasets { get; } = new(calls);

    /// <summary>Files for datasets.</summary>
    public UploadService.UploadServiceClient Uploads { get; } = new(calls);

    /// <summary>Runs.</summary>
    public RunService.RunServiceClient Runs { get; } = new(calls);

    /// <summary>Runs as they are kept: damage, archives, space.</summary>
    public JournalService.JournalServiceClient Journal { get; } = new(calls);

    /// <summary>Reports and exports of completed runs.</summary>
    public ReportService.ReportServiceClient Reports { get; } = new(calls);

    /// <summary>Given templates on datasets.</summary>
    public EvaluationService.EvaluationServiceClient Evaluation { get; } = new(calls);

    /// <summary>What runs found, on other checkpoints.</summary>
    public ComparisonService.ComparisonServiceClient Comparison { get; } = new(calls);

    /// <summary>Registrations and evaluations that go on by themselves.</summary>
    public OperationService.OperationServiceClient Operations { get; } = new(calls);

    /// <summary>New images with what a run found.</summary>
    public ServingService.ServingServiceClient Serving { get; } = new(calls);

    /// <summary>The paper's benchmarks.</summary>
    public BenchService.BenchServiceClient Bench { get; } = new(calls);
}
