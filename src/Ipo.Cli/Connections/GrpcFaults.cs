using System.Security.Authentication;
using Google.Rpc;
using Grpc.Core;

namespace Ipo.Cli.Connections;

/// <summary>Turns what the gRPC client throws into one message for a person.</summary>
internal static class GrpcFaults
{
    /// <summary>What went wrong, where it was tried and how to fix it. The orchestrator's own words are kept as they
    /// are.</summary>
    public static string Explain(RpcException fault, ServerAddress server)
    {
        if (NotBelieved(fault.Status.DebugException) is { } reason)
            return $"{server.Uri} ({server.Source}) is not called. {reason} --authority FILE or IPO_TLS_AUTHORITY names the authorities of "
                + "its certificate; without either they are the system's.";
        if (NothingAnswered(fault)) return server.WhyNothingAnswers();
        var detail = fault.Status.Detail.Trim();
        return fault.StatusCode switch
        {
            StatusCode.DeadlineExceeded =>
                $"The orchestrator at {server.Uri} did not answer in time; it may still be working. " +
                "Check with 'ipo runs', 'ipo operations' or 'ipo datasets', or wait longer with --timeout, for instance --timeout 30m.",
            StatusCode.Unimplemented when detail is "" or "Service is unimplemented." or "Method is unimplemented." =>
                $"The service at {server.Uri} does not support this call: it is not an Ipo orchestrator, or a different version. " +
                "Compare 'ipo version' with its version.",
            _ when fault.Status.DebugException is not null || detail.StartsWith("Bad gRPC response", StringComparison.Ordinal) =>
                $"What answers at {server.Uri} ({server.Source}) is not an orchestrator's gRPC port ({detail}). " +
                "Pass the address of its gRPC port with --server.",
            _ => detail.Length > 0 ? detail : $"The orchestrator at {server.Uri} answered {fault.StatusCode} without a reason.",
        };
    }

    /// <summary>Whether no connection came about: status UNAVAILABLE made by this side and not sent by the
    /// other.</summary>
    public static bool NothingAnswered(RpcException fault) =>
        fault.StatusCode is StatusCode.Unavailable && fault.Status.DebugException is not null;

    private static string? NotBelieved(Exception? fault) => fault switch
    {
        null => null,
        AuthenticationException => fault.Message,
        _ => NotBelieved(fault.InnerException),
    };

    /// <summary>Why a connection was lost that is worth opening again, in words without a full stop; null where asking again
    /// mends nothing. A wait that a person chose is kept to, and an AppHost that is started again has taken its addresses back
    /// meanwhile.</summary>
    public static string? WhyLost(Exception lost) => lost switch
    {
        RpcException { StatusCode: not StatusCode.DeadlineExceeded } fault when IsTransient(fault) =>
            NothingAnswered(fault) ? "nothing is listening" : fault.Status.Detail.Split(". ")[0].TrimEnd('.'),
        CommandFailure => "no running AppHost",
        _ => null,
    };

    /// <summary>Whether a broken stream is worth opening again: the connection or the server went, not the run. What the
    /// orchestrator explains is so only where it says after which time (docs/errors.md).</summary>
    public static bool IsTransient(RpcException fault) =>
        fault.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown or StatusCode.Aborted
            or StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted
        && (fault.GetRpcStatus() is not { } explained || explained.GetDetail<RetryInfo>() is not null);
}
