using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class HealthLogTests
{
    [Fact]
    public async Task A_check_is_logged_when_its_answer_changes_and_only_then()
    {
        using var kept = new KeptLog();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(kept));
        var log = new HealthLog(factory.CreateLogger<HealthLog>());
        foreach (var status in (HealthStatus[])[HealthStatus.Healthy, HealthStatus.Unhealthy, HealthStatus.Unhealthy, HealthStatus.Healthy, HealthStatus.Healthy])
        {
            var entry = new HealthReportEntry(status, "loading", TimeSpan.Zero, null, null);
            await log.PublishAsync(new HealthReport(new Dictionary<string, HealthReportEntry> { ["model"] = entry }, TimeSpan.Zero), CancellationToken.None);
        }
        Assert.Equal(["Health check model is Unhealthy: loading", "Health check model passes again"], kept.Lines.Select(line => line.Text));
    }
}
