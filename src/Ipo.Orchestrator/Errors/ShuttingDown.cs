using Grpc.Core;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Errors;

/// <summary>What a watcher is told when the orchestrator stops.</summary>
internal static class ShuttingDown
{
    /// <param name="rest">What becomes of what is watched, and what to do.</param>
    public static RpcException Of(string rest) =>
        new ErrorStatus(StatusCode.Unavailable, "SHUTTING_DOWN", $"The orchestrator is shutting down. {rest}")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        }.ToException();
}
