using Grpc.Core;

namespace Ipo.Orchestrator;

/// <summary>What cannot be done as it is asked. The message is for a person: what is wrong, where, and how to mend it. A request
/// answers with it (<see cref="Refusals"/>), a run fails with it and can be resumed once it is mended.</summary>
internal sealed class RefusedException : Exception
{
    private RefusedException(StatusCode code, string message, Exception? inner = null) : base(message, inner) => Code = code;

    public StatusCode Code { get; }

    /// <summary>A value of the request is wrong.</summary>
    public static RefusedException Invalid(string message) => new(StatusCode.InvalidArgument, message);

    /// <summary>There is no such dataset or run.</summary>
    public static RefusedException NotFound(string message) => new(StatusCode.NotFound, message);

    /// <summary>Something else stands under that name.</summary>
    public static RefusedException Exists(string message) => new(StatusCode.AlreadyExists, message);

    /// <summary>The state of a run or dataset forbids it.</summary>
    public static RefusedException Forbidden(string message) => new(StatusCode.FailedPrecondition, message);

    /// <summary>Another service refuses the call, or has a fault of its own.</summary>
    public static RefusedException By(string service, RpcException fault) => new(fault.StatusCode, $"{service}: {fault.Status.Detail}", fault);

    /// <summary>Another service does not answer.</summary>
    public static RefusedException Unavailable(string message, Exception inner) => new(StatusCode.Unavailable, message, inner);
}
