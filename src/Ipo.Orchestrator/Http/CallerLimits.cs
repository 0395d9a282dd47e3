using System.Threading.RateLimiting;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Http;

/// <summary>Requests a second of each caller, and how many of them are open at once. What nobody is asked for, such as
/// health, has no limit; nor has a service that tells nobody apart. The limiters are the framework's; its middleware is
/// not, which makes one more for endpoints that nothing ever disposes: its timer would hold a host that has ended.
/// </summary>
internal sealed class CallerLimits(IOptions<AccessOptions> access) : IDisposable
{
    private readonly PartitionedRateLimiter<Caller> _limiter = PartitionedRateLimiter.Create<Caller, string>(caller =>
    {
        var most = access.Value.Limits.RequestsPerSecond;
        return !access.Value.IsConfigured || most == 0
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter($"{caller.Tenant}/{caller.Name}", _ => new()
            {
                TokenLimit = 2 * most,
                TokensPerPeriod = most,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            });
    });

    private readonly PartitionedRateLimiter<Caller> _open = PartitionedRateLimiter.Create<Caller, string>(caller =>
    {
        var most = access.Value.Limits.OpenRequests;
        return !access.Value.IsConfigured || most == 0
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetConcurrencyLimiter($"{caller.Tenant}/{caller.Name}", _ => new() { PermitLimit = most, QueueLimit = 0 });
    });

    /// <summary>Refuses what is over.</summary>
    public static void Use(WebApplication app)
    {
        var limits = app.Services.GetRequiredService<CallerLimits>();
        app.Use(async (context, next) =>
        {
            var caller = Caller.Of(context.User);
            using var sent = caller is null ? null : limits._limiter.AttemptAcquire(caller);
            using var open = caller is null ? null : limits._open.AttemptAcquire(caller);
            if (sent is { IsAcquired: false } || open is { IsAcquired: false }) await Refusals.AnswerAsync(context, AccessErrors.TooMany);
            else await next(context);
        });
    }

    public void Dispose()
    {
        _limiter.Dispose();
        _open.Dispose();
    }
}
