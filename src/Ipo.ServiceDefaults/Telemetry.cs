using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ipo.ServiceDefaults;

/// <summary>Traces, metrics and logs by OTLP, where OTEL_EXPORTER_OTLP_ENDPOINT says; without it nothing is collected
/// and nothing sent. A service's own spans and meters are picked up by name: "Ipo.*".</summary>
internal static class Telemetry
{
    public static void Add(WebApplicationBuilder builder, string name)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;

        builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Configuration, name))
            .WithTracing(traces => traces
                .AddSource("Ipo.*")
                .AddSource("Grpc.Net.Client") // without it the services' halves of a trace do not join
                .AddAspNetCoreInstrumentation(http =>
                {
                    http.Filter = request => !IsProbe(request.Request.Path);
                    // An open page acknowledges each change that it is sent: hundreds of spans a second that say nothing of runs.
                    http.EnableAspNetCoreSignalRSupport = false;
                })
                .AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics
                .AddMeter("Ipo.*")
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation())
            .UseOtlpExporter();
    }

    // What the host injects wins: AddService in code would overrule OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
    private static void Describe(ResourceBuilder resource, ConfigurationManager configuration, string name)
    {
        var version = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        resource.AddAttributes([new("service.version", version)]);
        if (string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"])) resource.AddAttributes([new("service.name", name)]);
        if (configuration["OTEL_RESOURCE_ATTRIBUTES"]?.Contains("service.instance.id", StringComparison.Ordinal) is not true)
            resource.AddAttributes([new("service.instance.id", Guid.NewGuid().ToString())]);
    }

    // Probes come every few seconds and would bury the runs.
    private static bool IsProbe(Microsoft.AspNetCore.Http.PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal)
            || path.StartsWithSegments("/grpc.health.v1.Health", StringComparison.Ordinal);
}
