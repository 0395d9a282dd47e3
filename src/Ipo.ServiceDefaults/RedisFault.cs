using StackExchange.Redis;

namespace Ipo.ServiceDefaults;

/// <summary>Why Redis is of no use, in its own words and for one line of a log. None of them holds a password.</summary>
public static class RedisFault
{
    /// <summary>The reason of a client that does not know yet why it has no connection; a later fault says more.</summary>
    public const string NoConnection = "no connection";

    private const int LongestReason = 300;

    /// <summary>Whether a fault is Redis's, or of the way there.</summary>
    public static bool IsOne(Exception fault) =>
        fault is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException;

    /// <summary>Whether writing alone is refused: all servers that answer are replicas, which are read. The client finds
    /// that out by itself, in words of a lost connection.</summary>
    public static bool IsReadOnly(IConnectionMultiplexer redis)
    {
        var servers = redis.GetServers().Where(server => server.IsConnected).ToList();
        return servers.Count > 0 && servers.TrueForAll(server => server.IsReplica);
    }

    /// <summary>The reason: what the server said (NOAUTH, WRONGPASS, NOPERM …), what is wrong with its certificate, or why
    /// no connection came about.</summary>
    public static string Of(Exception fault)
    {
        // The client wraps the server's words, and puts its own counters behind them.
        var cause = fault;
        while (cause.InnerException is { } inner) cause = inner;
        if (cause is RedisConnectionException && cause.Message.StartsWith("No connection", StringComparison.Ordinal)
            && !cause.Message.Contains("; ", StringComparison.Ordinal)) return NoConnection;
        var words = cause.Message.Replace("SimpleError: ", "", StringComparison.Ordinal).ReplaceLineEndings(" ");
        if (words.IndexOf(", mc: ", StringComparison.Ordinal) is > 0 and var counters) words = words[..counters];
        return words.Length <= LongestReason ? words.TrimEnd('.', ' ') : words[..LongestReason] + "…";
    }
}
