using System.Globalization;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Storage;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Limits;

/// <summary>What of a caller's use is limited by the day.</summary>
internal enum Used
{
    Images,
    UploadBytes,
    MicroUsd,
}

/// <summary>What each caller has used today, in the database, so that a restart forgets nothing. What has no limit is not
/// written down. It is counted when it is done: calls at the same moment may pass a limit together.</summary>
internal sealed class Ledger(Database database, IOptions<AccessOptions> access, TimeProvider clock)
{
    private LimitOptions Limits => access.Value.Limits;

    /// <summary>Refuses what would go over the limit of the caller whose work this is.</summary>
    /// <param name="used">What is used.</param>
    /// <param name="more">How much of it; 0 where that is not known before, so that any left is enough.</param>
    /// <exception cref="RefusedException">The limit is reached.</exception>
    public void Demand(Used used, long more)
    {
        var limit = Limit(used);
        if (limit == 0 || Tenant.Caller is not { } caller) return;
        var before = database.Scalar<long?>(
            "SELECT amount FROM usage WHERE tenant = @tenant AND caller = @caller AND day = @day AND kind = @kind",
            Row(caller, used)) ?? 0;
        if (before + Math.Max(more, 1) <= limit) return;
        var now = clock.GetUtcNow();
        throw RefusedException.Quota(
            $"{Name(used)} of today are used up: {before} of {limit} ({Path(used)}). They begin anew at midnight UTC.",
            new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero) - now);
    }

    /// <summary>Writes down what the caller whose work this is has used.</summary>
    public void Add(Used used, long amount) => Add(used, amount, Tenant.Caller);

    /// <summary>Writes down what a caller has used.</summary>
    public void Add(Used used, long amount, string? caller)
    {
        if (Limit(used) == 0 || amount <= 0 || caller is null) return;
        database.Write(writing => writing.Execute(
            """
            INSERT INTO usage (tenant, caller, day, kind, amount) VALUES (@tenant, @caller, @day, @kind, @amount)
            ON CONFLICT (tenant, caller, day, kind) DO UPDATE SET amount = usage.amount + @amount
            """, Row(caller, used, amount)));
    }

    private object Row(string caller, Used used, long amount = 0) => new
    {
        tenant = Tenant.Current,
        caller,
        day = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        kind = used.ToString(),
        amount,
    };

    private long Limit(Used used) => !access.Value.IsConfigured ? 0 : used switch
    {
        Used.Images => Limits.ImagesPerDay,
        Used.UploadBytes => Limits.UploadBytesPerDay,
        _ => Limits.MicroUsdPerDay,
    };

    private static string Name(Used used) => used switch
    {
        Used.Images => "The images",
        Used.UploadBytes => "The bytes of uploads",
        _ => "The millionths of a US dollar",
    };

    private static string Path(Used used) => $"{AccessOptions.Section}:Limits:" + used switch
    {
        Used.Images => nameof(LimitOptions.ImagesPerDay),
        Used.UploadBytes => nameof(LimitOptions.UploadBytesPerDay),
        _ => nameof(LimitOptions.MicroUsdPerDay),
    };
}
