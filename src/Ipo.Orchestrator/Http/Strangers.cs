using System.Diagnostics.Metrics;
using System.Net;
using System.Threading.RateLimiting;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Http;

/// <summary>Calls that bring no token which is taken. They are counted; of what one address sends too often no more is
/// said why; and a line in a while tells the audit log, so that no flood of them fills a disk.</summary>
internal sealed class Strangers : IDisposable
{
    private const int LinesPerMinute = 10;

    private readonly AuditLog _audit;
    private readonly Counter<long> _refused;
    private readonly PartitionedRateLimiter<IPAddress> _limiter;
    private readonly FixedWindowRateLimiter _lines = new(
        new() { PermitLimit = LinesPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });
    private long _untold;

    public Strangers(AuditLog audit, IOptions<AccessOptions> access, IMeterFactory meters)
    {
        _audit = audit;
        _refused = meters.Create("Ipo.Orchestrator").CreateCounter<long>(
            "ipo.access.refused", "{call}", "Calls without a token that is taken, by reason.");
        _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        {
            var most = access.Value.Limits.RefusalsPerMinute;
            return most == 0
                ? RateLimitPartition.GetNoLimiter(IPAddress.None)
                : RateLimitPartition.GetFixedWindowLimiter(
                    CallerNetwork.Of(address), _ => new() { PermitLimit = most, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });
        });
    }

    /// <summary>Counts a call that is refused.</summary>
    /// <returns>What it is told.</returns>
    public ErrorStatus Refuse(HttpContext context, ErrorStatus status)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        using var lease = _limiter.AttemptAcquire(address);
        var told = lease.IsAcquired ? status : AccessErrors.TooManyRefused;
        _refused.Add(1, new KeyValuePair<string, object?>("reason", told.Reason));
        using var line = _lines.AttemptAcquire();
        if (!line.IsAcquired) Interlocked.Increment(ref _untold);
        else
            _audit.Stranger(
                $"{address}", $"{context.Request.Method} {context.Request.Path}", told.Reason, Interlocked.Exchange(ref _untold, 0));
        return told;
    }

    public void Dispose()
    {
        _limiter.Dispose();
        _lines.Dispose();
    }
}
