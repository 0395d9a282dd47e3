using Grpc.Core;
using Grpc.Health.V1;
using Ipo.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using GrpcHealth = Grpc.Health.V1.Health;
using Health = Ipo.ServiceDefaults.Health;

namespace Ipo.Tests.ServiceDefaults;

/// <summary>A real service on free loopback ports, with a gRPC service of the test's own.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestService(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public Uri Http => new(_app.Urls.First());

    public Uri Grpc => new(_app.Urls.Last());

    public static WebApplicationBuilder Builder(Dictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [ServicePorts.GrpcSetting] = "0", [ServicePorts.HttpSetting] = "0" });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        return builder;
    }

    /// <summary>The service answers health checks of the name "probe" with what <paramref name="answer"/> does.</summary>
    public static async Task<TestService> Start(Func<HealthCheckRequest, ServerCallContext, Task<HealthCheckResponse>>? answer = null, Action<WebApplicationBuilder>? configure = null, Func<bool>? ready = null, Dictionary<string, string?>? settings = null)
    {
        var builder = Builder(settings);
        builder.AddServiceDefaults("test-service");
        builder.Services.AddHealthChecks().AddCheck("model", () => ready?.Invoke() ?? true ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("warming up"), tags: [Health.Ready]);
        builder.Services.AddSingleton(new Answer(answer ?? ((_, _) => Task.FromResult(new HealthCheckResponse()))));
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapServiceDefaults();
        if (answer is not null) app.MapGrpcService<ProbeService>().WithOrder(-1); // before the health service proper
        app.MapGet("/fault", string (HttpContext _) => throw new InvalidOperationException("secret-canary"));
        await app.StartAsync();
        return new TestService(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal sealed record Answer(Func<HealthCheckRequest, ServerCallContext, Task<HealthCheckResponse>> To);

    /// <summary>Stands in for a service of ours: the health contract is the one at hand in every package.</summary>
    internal sealed class ProbeService(Answer answer) : GrpcHealth.HealthBase
    {
        public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => answer.To(request, context);

        public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
        {
            for (var answers = request.Service == "twice" ? 2 : 1; answers > 0; answers--)
                await responseStream.WriteAsync(await answer.To(request, context));
        }
    }
}
