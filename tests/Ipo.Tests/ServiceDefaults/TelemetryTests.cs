using System.Diagnostics;
using Ipo.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Requests_are_traced_and_what_keeps_pages_open_is_not()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
        Telemetry.Add(builder, "traced");
        await using var application = builder.Build();
        using var provider = (IDisposable)application.Services.GetService(typeof(OpenTelemetry.Trace.TracerProvider))!;
        using var requests = new ActivitySource("Microsoft.AspNetCore");
        using var acknowledged = new ActivitySource("Microsoft.AspNetCore.SignalR.Server");
        Assert.True(requests.HasListeners());
        Assert.False(acknowledged.HasListeners());
    }
}
