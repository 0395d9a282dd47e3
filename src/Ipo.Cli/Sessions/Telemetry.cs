using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ipo.Cli.Sessions;

/// <summary>
/// The command's span is where the trace of a run begins. Without an exporter no span is made at all: one that is
/// never exported would still tell the services not to record theirs.
/// </summary>
internal static class Telemetry
{
    public static readonly ActivitySource Source = new("Ipo.Cli", ProgramVersion.Text);

    /// <summary>Exports spans where OTEL_EXPORTER_OTLP_ENDPOINT says; null where it says nothing. Disposing it sends
    /// what is left.</summary>
    public static TracerProvider? Start(Func<string, string?> environment) =>
        string.IsNullOrEmpty(environment("OTEL_EXPORTER_OTLP_ENDPOINT"))
            ? null
            : Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(
                    resource => resource.AddService(environment("OTEL_SERVICE_NAME") ?? "ipo-cli", serviceVersion: ProgramVersion.Text))
                .AddSource(Source.Name, "Grpc.Net.Client", "System.Net.Http") // the services' spans hang from the last
                .AddOtlpExporter()
                .Build();
}
