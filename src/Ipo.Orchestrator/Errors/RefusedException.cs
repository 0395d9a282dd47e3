using Grpc.Core;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Errors;

/// <summary>What cannot be done as it is asked. The message is for a person: what is wrong, where, and what to do. A
/// request answers with it (<see cref="Map"/>); a run fails with it and can be resumed once that is done.</summary>
internal sealed class RefusedException : Exception
{
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);

    private readonly ErrorStatus _status;

    private RefusedException(ErrorStatus status, Exception? inner = null) : base(status.Message, inner) => _status = status;

    public StatusCode Code => _status.Code;

    /// <summary>A field of the request is wrong.</summary>
    /// <param name="field">Its path, for instance <c>settings.shots</c>.</param>
    /// <param name="rest">The sentence behind the path: what it holds and what it takes.</param>
    public static RefusedException InvalidField(string field, string rest) =>
        new(new(StatusCode.InvalidArgument, "INVALID_FIELD", $"{field} {rest}") { Field = field });

    /// <summary>A field of the request is wrong.</summary>
    /// <param name="parent">Path of the message that the field is in; empty for the request itself.</param>
    /// <param name="sentence">A sentence that begins with the field's name, as the rules of <c>Ipo.Optimization</c>
    /// give it.</param>
    public static RefusedException InvalidIn(string parent, string sentence)
    {
        var (name, rest) = (sentence.Split(' ', 2)[0], sentence[(sentence.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        return InvalidField(parent.Length == 0 ? name : $"{parent}.{name}", rest);
    }

    /// <summary>What a request points to, for instance a folder, is not what it should be.</summary>
    public static RefusedException Invalid(string message) => new(new(StatusCode.InvalidArgument, "INVALID_CONTENT", message));

    /// <summary>There is no such thing.</summary>
    /// <param name="kind">What it would be: "dataset", "run", "image", "upload" or "operation".</param>
    public static RefusedException NotFound(string kind, string name, string message) =>
        new(new(StatusCode.NotFound, $"{kind.ToUpperInvariant()}_NOT_FOUND", message)
        {
            Metadata = new Dictionary<string, string> { [kind] = name },
        });

    /// <summary>Something else has that name.</summary>
    public static RefusedException Exists(string message) => new(new(StatusCode.AlreadyExists, "ALREADY_EXISTS", message));

    /// <summary>Another call is at the same thing; send the request again later.</summary>
    public static RefusedException Busy(string message) => new(new(StatusCode.Aborted, "BUSY", message) { RetryAfter = SoonAgain });

    /// <summary>A limit on what is kept is reached.</summary>
    public static RefusedException Exhausted(string message) => new(new(StatusCode.ResourceExhausted, "LIMIT_REACHED", message));

    /// <summary>A caller's share is used up.</summary>
    public static RefusedException Quota(string message, TimeSpan wait) =>
        new(new(StatusCode.ResourceExhausted, "QUOTA_REACHED", message) { RetryAfter = wait });

    /// <summary>The state of a run, a dataset or another service forbids it.</summary>
    public static RefusedException Forbidden(string message) => new(new(StatusCode.FailedPrecondition, "FAILED_PRECONDITION", message));

    /// <summary>The scorer has another checkpoint than the run was made with.</summary>
    /// <param name="now">Digest of the one that it has.</param>
    /// <param name="ran">Digest of the run's.</param>
    public static RefusedException CheckpointChanged(string now, string ran, string message) => new(
        new(StatusCode.FailedPrecondition, "CHECKPOINT_CHANGED", message)
        {
            Metadata = new Dictionary<string, string> { ["checkpoint"] = now, ["run_checkpoint"] = ran },
        });

    /// <summary>The test images stay sealed until a run is done.</summary>
    public static RefusedException Sealed(string runId, string message) => new(
        new(StatusCode.FailedPrecondition, "TEST_IMAGES_SEALED", message)
        {
            Metadata = new Dictionary<string, string> { ["run"] = runId },
        });

    /// <summary>Another service refuses the call, or has a fault of its own.</summary>
    public static RefusedException By(string service, RpcException fault) =>
        new(new(fault.StatusCode, "SERVICE_FAILED", $"{service}: {fault.Status.Detail}") { Metadata = Of(service) }, fault);

    /// <summary>Another service does not answer.</summary>
    public static RefusedException Unavailable(string service, string message, Exception inner) =>
        new(new(StatusCode.Unavailable, "SERVICE_UNAVAILABLE", message) { RetryAfter = SoonAgain, Metadata = Of(service) }, inner);

    /// <summary>What it means for a caller.</summary>
    public static ErrorStatus? Map(Exception fault) => (fault as RefusedException)?._status;

    private static Dictionary<string, string> Of(string service) => new() { ["service"] = service };
}
