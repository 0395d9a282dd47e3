using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Ipo.V1;

namespace Ipo.IntegrationTests.Load;

/// <summary>A client that sends a call again as docs/errors.md says: after the time of RetryInfo, and where no answer came at all.</summary>
internal sealed class PatientClient(CallInvoker calls, CancellationToken cancellation)
{
    private static readonly TimeSpan Unreached = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> _again = new();
    private readonly IpoClient _client = new(calls);

    /// <summary>Why calls were sent again: each status with its reason.</summary>
    public IReadOnlyList<string> Again => [.. _again];

    /// <summary>Calls until there is an answer.</summary>
    /// <exception cref="RpcException">It was refused for good.</exception>
    public async Task<T> AskAsync<T>(Func<IpoClient, CallOptions, AsyncUnaryCall<T>> call)
    {
        while (true)
            try { return await call(_client, new(deadline: DateTime.UtcNow + Deadline, cancellationToken: cancellation)); }
            catch (RpcException refusal) when (Wait(refusal) is { } wait)
            {
                _again.Enqueue(Words(refusal));
                await Task.Delay(wait, cancellation);
            }
    }

    private static TimeSpan? Wait(RpcException refusal)
    {
        if (Details(refusal) is not { } status) return refusal.StatusCode == StatusCode.Unavailable ? Unreached : null;
        return Find<RetryInfo>(status)?.RetryDelay.ToTimeSpan();
    }

    private static string Words(RpcException refusal) =>
        $"{refusal.StatusCode} {(Details(refusal) is { } status ? Find<ErrorInfo>(status)?.Reason : "without an answer")}";

    private static Google.Rpc.Status? Details(RpcException refusal) =>
        refusal.Trailers.GetValueBytes("grpc-status-details-bin") is { } bytes ? Google.Rpc.Status.Parser.ParseFrom(bytes) : null;

    private static T? Find<T>(Google.Rpc.Status status) where T : class, IMessage, new() =>
        status.Details.Select(detail => detail.TryUnpack<T>(out var found) ? found : null).FirstOrDefault(found => found is not null);
}
