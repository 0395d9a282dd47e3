using Grpc.Core;

namespace Ipo.Cli;

/// <summary>A command's refusal to go on: the message says what, where and how to mend it.</summary>
internal sealed class CommandFailure(string message, int exitCode = ExitCode.Error) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>Turns what the gRPC client throws into one message for a person.</summary>
internal static class Faults
{
    /// <summary>What went wrong, where it was tried and how to mend it. The orchestrator's own words are kept as they are.</summary>
    public static string Explain(RpcException fault, ServerAddress server)
    {
        if (NothingAnswered(fault)) return server.WhyNothingAnswers();
        var detail = fault.Status.Detail.Trim();
        return fault.StatusCode switch
        {
            StatusCode.DeadlineExceeded =>
                $"The orchestrator at {server.Uri} did not answer in time; it may still be at work. " +
                "Look with 'ipo runs' or 'ipo datasets', or wait longer with --timeout, for instance --timeout 30m.",
            StatusCode.Unimplemented when detail is "" or "Service is unimplemented." or "Method is unimplemented." =>
                $"The service at {server.Uri} does not know this call: it is no Ipo orchestrator or one of another version. " +
                "Compare 'ipo version' with the version that it runs.",
            _ when fault.Status.DebugException is not null || detail.StartsWith("Bad gRPC response", StringComparison.Ordinal) =>
                $"What answers at {server.Uri} ({server.Source}) does not speak gRPC as an orchestrator does ({detail}). " +
                "Pass the address of its gRPC port with --server.",
            _ => detail.Length > 0 ? detail : $"The orchestrator at {server.Uri} answered {fault.StatusCode} and no reason.",
        };
    }

    /// <summary>Whether no connection came about: status UNAVAILABLE made by this side and not sent by the other.</summary>
    public static bool NothingAnswered(RpcException fault) =>
        fault.StatusCode is StatusCode.Unavailable && fault.Status.DebugException is not null;

    /// <summary>Whether a broken stream is worth opening again: the connection or the server went, not the run.</summary>
    public static bool MayPass(RpcException fault) => fault.StatusCode
        is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown or StatusCode.Aborted
        or StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;
}
