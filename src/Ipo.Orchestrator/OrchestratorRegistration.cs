using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Benchmarks;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Comparison;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Evaluation;
using Ipo.Orchestrator.Http;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Limits;
using Ipo.Orchestrator.Mcp;
using Ipo.Orchestrator.Operations;
using Ipo.Orchestrator.Placement;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Reports.Exports;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Serving;
using Ipo.Orchestrator.Storage;
using Ipo.Orchestrator.Uploads;
using Ipo.ServiceDefaults;
using Ipo.ServiceDefaults.Settings;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator;

/// <summary>The orchestrator's own parts, and where it is reached.</summary>
internal static class OrchestratorRegistration
{
    public static void AddOrchestrator(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<OrchestratorOptions>(OrchestratorOptions.Section);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new StartCheck(services => services.GetRequiredService<Database>()));
        builder.Services.AddSingleton(new StartCheck(services =>
        {
            if (ServicePorts.IsOpenToTheNetwork(services.GetRequiredService<IConfiguration>()))
                services.GetRequiredService<DatasetRoots>()
                    .RefuseTooWide(services.GetRequiredService<IOptions<OrchestratorOptions>>().Value.DataDirectory);
        }));
        builder.Services.AddSingleton(DatabaseChoice.Open).AddSingleton<Ledger>().AddSingleton<RunMetrics>();

        builder.Services.AddSingleton<IContentStore, ContentFolder>().AddSingleton<UploadedFolders>();
        builder.Services.AddSingleton<DatasetImages>().AddSingleton<Thumbnails>();
        builder.Services.AddSingleton<DatasetRoots>().AddSingleton<ZipFiles>().AddSingleton<FileDigests>().AddSingleton<ImageInspection>();
        builder.Services.AddSingleton<DatasetStore>().AddSingleton<RejectedImages>().AddSingleton<DatasetRegistration>()
            .AddSingleton<TestAccessLog>().AddSingleton<DatasetDeletion>().AddSingleton<DatasetGate>();
        builder.Services.AddSingleton<RunsOfDataset>(services => async (name, cancellation) =>
            [.. (await services.GetRequiredService<RunStore>().ListAsync(cancellation))
                .Where(run => run.Settings.Dataset == name).Select(run => run.RunId)]);

        builder.Services.AddSingleton(services => new ScorerClient(
                services.GetRequiredService<V1.ClipScorerService.ClipScorerServiceClient>(),
                services.GetKeyedService<Replicas>(ScorerClient.Service)))
            .AddSingleton<ServedCheckpoints>().AddSingleton<ProviderClient>();
        builder.Services.AddSingleton(services => new RunWitness(
            services.GetRequiredService<Database>() is SqliteDatabase
                ? Path.Combine(services.GetRequiredService<IOptions<OrchestratorOptions>>().Value.DataDirectory, "witness.jsonl")
                : null,
            services.GetRequiredService<ILogger<RunWitness>>()));
        builder.Services.AddSingleton<IRunJournal, SqlRunJournal>().AddSingleton<RunStore>().AddSingleton<RunKeeping>();
        builder.Services.AddSingleton<Preparation>().AddSingleton<SearchScoring>().AddSingleton<DescriptionChoosing>()
            .AddSingleton<DuplicateSearch>().AddSingleton<RunLoop>();
        builder.Services.AddSingleton<RunHost>().AddHostedService(services => services.GetRequiredService<RunHost>());
        Cluster.AddWorkers(builder);
        builder.Services.AddHostedService<RunSearch>();
        builder.Services.AddSingleton<RunRequests>().AddSingleton<Estimation>().AddSingleton<ProposalTranscripts>();

        builder.Services.AddSingleton<ReportStore>().AddSingleton<Evaluator>().AddSingleton<RunComparing>()
            .AddSingleton<Classifier>();
        builder.Services.AddSingleton<RunExports>();
        builder.Services.AddSingleton<OperationStore>().AddSingleton<OperationHost>()
            .AddHostedService(services => services.GetRequiredService<OperationHost>());
        builder.Services.AddSingleton<BenchDatasets>().AddSingleton<BenchPlanning>().AddSingleton<TransferScoring>();
        builder.Services.AddSingleton<EarlierRuns>().AddSingleton<BenchTabulation>().AddSingleton<PublishedScoring>();
        AccessRegistration.Add(builder.Services);
        HttpApi.Add(builder.Services);
        builder.Services.AddMcpServer().WithHttpTransport(transport => transport.Stateless = true).WithTools<McpTools>()
            .WithRequestFilters(requests => requests.AddCallToolFilter(McpAccess.Filter));
        builder.Services.AddErrorMap(RefusedException.Map).AddErrorMap(JournalErrors.Map).AddErrorMap(DatabaseException.Map);
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("database", tags: [Health.Ready]);
    }

    public static void MapOrchestrator(this WebApplication app)
    {
        HttpApi.Map(app);
        app.MapGrpcService<SystemService>();
        app.MapGrpcService<UploadService>();
        app.MapGrpcService<DatasetService>();
        app.MapGrpcService<RunService>();
        app.MapGrpcService<JournalService>();
        app.MapGrpcService<ReportService>();
        app.MapGrpcService<EvaluationService>();
        app.MapGrpcService<ComparisonService>();
        app.MapGrpcService<OperationService>();
        app.MapGrpcService<ServingService>();
        app.MapGrpcService<BenchService>();
        ReportEndpoints.Map(app);
        app.MapMcp("/mcp").WithMetadata(new ForRoleAttribute(Role.Read));
    }

    private sealed class DatabaseCheck(Database database) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            // What could not be written is tried again, so that it is ready as soon as it can be; what could is only read.
            try
            {
                if (database.Fault is null) database.Scalar<long>("SELECT COUNT(*) FROM usage WHERE day = ''");
                else database.Probe();
                return Task.FromResult(HealthCheckResult.Healthy());
            }
            catch (DatabaseException fault) { return Task.FromResult(HealthCheckResult.Unhealthy(fault.Message)); }
        }
    }
}
