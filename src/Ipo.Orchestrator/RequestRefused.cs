using Grpc.Core;

namespace Ipo.Orchestrator;

/// <summary>A request that cannot be served as it is. The message is for the person who made it: what is wrong, where, and
/// how to mend it. <see cref="Refusals"/> makes it a status.</summary>
internal sealed class RequestRefused : Exception
{
    private RequestRefused(StatusCode code, string message, Exception? inner = null) : base(message, inner) => Code = code;

    public StatusCode Code { get; }

    /// <summary>A value of the request is wrong.</summary>
    public static RequestRefused Invalid(string message) => new(StatusCode.InvalidArgument, message);

    /// <summary>There is no such dataset or run.</summary>
    public static RequestRefused NotFound(string message) => new(StatusCode.NotFound, message);

    /// <summary>Something else stands under that name.</summary>
    public static RequestRefused Exists(string message) => new(StatusCode.AlreadyExists, message);

    /// <summary>The state of a run or dataset forbids it.</summary>
    public static RequestRefused Forbidden(string message) => new(StatusCode.FailedPrecondition, message);

    /// <summary>Another service does not answer.</summary>
    public static RequestRefused Unavailable(string message, Exception inner) => new(StatusCode.Unavailable, message, inner);

}
