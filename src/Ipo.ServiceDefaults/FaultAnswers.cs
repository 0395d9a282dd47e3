using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>What an exception means for a caller. What a service's <see cref="ErrorMap"/> knows has its details. Anything
/// else is a fault of ours: it is logged with its stack under a short reference, and the caller gets that alone.</summary>
public sealed partial class FaultAnswers(IEnumerable<ErrorMap> maps, ILogger<FaultAnswers> log)
{
    /// <summary>What a service knows of it; null for what nobody foresaw.</summary>
    public ErrorStatus? Known(Exception fault) => fault is InvalidFieldException invalid
        ? invalid.Status
        : maps.Select(map => map(fault)).FirstOrDefault(known => known is not null);

    /// <summary>Logs what nobody foresaw.</summary>
    /// <param name="fault">The exception.</param>
    /// <param name="what">What failed, for the log.</param>
    /// <returns>What the caller is told.</returns>
    public ErrorStatus Unforeseen(Exception fault, string what)
    {
        var reference = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        Failed(what, reference, fault);
        return new(StatusCode.Internal, "INTERNAL_ERROR", $"Internal error {reference}; the service's log has more under this reference.")
        {
            Metadata = new Dictionary<string, string> { ["reference"] = reference },
        };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} failed unexpectedly, reference {Reference}")]
    private partial void Failed(string what, string reference, Exception fault);
}
