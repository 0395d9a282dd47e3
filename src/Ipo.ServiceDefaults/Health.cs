using System.Text;
using Grpc.AspNetCore.HealthChecks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ipo.ServiceDefaults;

/// <summary>Two questions, two answers. Live: is the process worth keeping? It depends on nothing outside, so that a
/// lost Redis or a slow neighbour never gets a healthy process restarted. Ready: should it get calls? Every check
/// tagged <see cref="Ready"/> decides.</summary>
public static class Health
{
    /// <summary>The tag that makes a check count for readiness: <c>AddHealthChecks().AddCheck&lt;T&gt;("model", tags:
    /// [Health.Ready])</c>.</summary>
    public const string Ready = "ready";

    private const string Process = "process";

    public const string LivePath = "/health/live";
    public const string ReadyPath = "/health/ready";

    internal static void Add(IServiceCollection services, bool grpc)
    {
        services.AddHealthChecks();
        services.AddSingleton<IHealthCheckPublisher, HealthLog>();
        if (!grpc) return;
        // From no check at all, as in a service that waits for nothing, gRPC's answer would be UNKNOWN.
        services.AddHealthChecks().AddCheck(Process, () => HealthCheckResult.Healthy(), tags: [Process]);
        services.AddGrpcHealthChecks(health =>
        {
            health.Services.Clear();
            Name(health, ""); // the whole server
        });
    }

    /// <summary>Answers for a name as /health/ready does.</summary>
    internal static void Name(GrpcHealthChecksOptions health, string service) =>
        health.Services.Map(service, check => check.Tags.Contains(Ready) || check.Tags.Contains(Process));

    internal static void Map(WebApplication app)
    {
        app.MapHealthChecks(LivePath, new() { Predicate = _ => false, ResponseWriter = Write }).AllowAnonymous();
        app.MapHealthChecks(ReadyPath, new() { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = Write }).AllowAnonymous();
    }

    // Names, states and the checks' own descriptions; no exception text, which could hold anything: it
    // stands as the description of a check that throws.
    private static Task Write(HttpContext context, HealthReport report)
    {
        var text = new StringBuilder().Append(report.Status).Append('\n');
        foreach (var (name, check) in report.Entries)
            text.Append(name).Append(": ").Append(check.Status)
                .Append(check is { Exception: null, Description: { } said } ? $", {said}" : "").Append('\n');
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
