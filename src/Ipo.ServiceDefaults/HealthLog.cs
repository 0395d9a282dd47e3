using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>Logs a check when its answer changes. The framework logs every failed one, which is several lines a second
/// while a checkpoint loads and somebody waits for it.</summary>
internal sealed partial class HealthLog(ILogger<HealthLog> log) : IHealthCheckPublisher
{
    private readonly ConcurrentDictionary<string, HealthStatus> _last = new();

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (name, check) in report.Entries)
        {
            var before = _last.TryGetValue(name, out var known) ? known : HealthStatus.Healthy;
            _last[name] = check.Status;
            if (check.Status == before) continue;
            if (check.Status == HealthStatus.Healthy) Recovered(name);
            else Failed(name, check.Status, check.Description, check.Exception);
        }
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Health check {Check} passes again")]
    private partial void Recovered(string check);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Health check {Check} is {Status}: {Description}")]
    private partial void Failed(string check, HealthStatus status, string? description, Exception? fault);
}
