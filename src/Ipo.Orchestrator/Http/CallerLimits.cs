using System.Threading.RateLimiting;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Http;

/// <summary>Requests a second of each caller, by the framework's limiter. What nobody is asked for, such as health, has no
/// limit; nor has a service that tells nobody apart.</summary>
internal static class CallerLimits
{
    private static readonly TimeSpan Refill = TimeSpan.FromMilliseconds(100);

    public static void Add(IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        {
            var access = context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value;
            var most = access.Limits.RequestsPerSecond;
            return !access.IsConfigured || most == 0 || Caller.Of(context.User) is not { } caller
                ? RateLimitPartition.GetNoLimiter("")
                : RateLimitPartition.GetTokenBucketLimiter($"{caller.Tenant}/{caller.Name}", _ => new()
                {
                    TokenLimit = 2 * most,
                    TokensPerPeriod = Math.Max(1, most / 10),
                    ReplenishmentPeriod = most < 10 ? TimeSpan.FromSeconds(1.0 / most) : Refill,
                    QueueLimit = 0,
                });
        });
        limiter.OnRejected = async (rejected, _) => await Refusals.AnswerAsync(rejected.HttpContext, AccessErrors.TooMany);
    });
}
