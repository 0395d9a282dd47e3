using Grpc.Core;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Storage;

/// <summary>The database cannot be read or written.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="inner">What the driver said; null if it was not asked.</param>
internal abstract class DatabaseException(string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>How long a caller waits before asking again.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(2);

    /// <summary>What it means for a caller.</summary>
    public static ErrorStatus? Map(Exception fault) => fault switch
    {
        DatabaseDamagedException => new(StatusCode.DataLoss, "DATABASE_DAMAGED", fault.Message),
        DatabaseUnavailableException => new(StatusCode.Unavailable, "DATABASE_UNAVAILABLE", fault.Message) { RetryAfter = RetryAfter },
        _ => null,
    };
}

/// <summary>It cannot be reached or written at the moment: no connection, no space, no permission. What was kept is not
/// harmed.</summary>
internal sealed class DatabaseUnavailableException(string message, Exception? inner = null) : DatabaseException(message, inner);

/// <summary>Something in it cannot be read as it was written.</summary>
internal sealed class DatabaseDamagedException(string message, Exception inner) : DatabaseException(message, inner);
