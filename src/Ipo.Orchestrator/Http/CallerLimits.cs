using System.Threading.RateLimiting;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Http;

/// <summary>Requests a second of each caller. What nobody is asked for, such as health, has no limit; nor has a service that
/// tells nobody apart. The limiter is the framework's; its middleware is not, which makes one more for endpoints that
/// nothing ever disposes: its timer would hold a host that has ended.</summary>
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

    /// <summary>Refuses what is over.</summary>
    public static void Use(WebApplication app)
    {
        var limits = app.Services.GetRequiredService<CallerLimits>();
        app.Use(async (context, next) =>
        {
            using var lease = Caller.Of(context.User) is { } caller ? limits._limiter.AttemptAcquire(caller) : null;
            if (lease is { IsAcquired: false }) await Refusals.AnswerAsync(context, AccessErrors.TooMany);
            else await next(context);
        });
    }

    public void Dispose() => _limiter.Dispose();
}
