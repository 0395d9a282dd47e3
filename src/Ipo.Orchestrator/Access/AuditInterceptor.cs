using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Ipo.Orchestrator.Access;

/// <summary>Has every RPC written down, over whichever protocol it comes.</summary>
internal sealed class AuditInterceptor(AuditLog audit) : Interceptor
{
    // Fields that name what a request or an answer is about; whatever else they hold stays out of the log.
    private static readonly string[] Names = ["run_id", "operation_id", "dataset", "name", "path", "upload", "sha256"];
    private static readonly string[] Inner = ["settings", "registration", "evaluation", "run", "operation"];

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        CallOf(context, request) is { } call
            ? audit.RecordAsync(call, () => continuation(request, context), Resource)
            : continuation(request, context);

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        CallOf(context, null) is { } call
            ? audit.RecordAsync(call, () => continuation(requestStream, context))
            : continuation(requestStream, context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        CallOf(context, request) is { } call
            ? audit.RecordAsync(call, async () =>
            {
                await continuation(request, responseStream, context);
                return 0;
            })
            : continuation(request, responseStream, context);

    // None of health and reflection, which are open to everybody.
    private static AuditedCall? CallOf(ServerCallContext context, object? request)
    {
        var http = context.GetHttpContext();
        return Caller.Of(http.User) is { } caller && ForRoleAttribute.Of(http.GetEndpoint()) is { } needed
            ? new(caller, needed, context.Method.TrimStart('/'), Resource(request))
            : null;
    }

    private static Dictionary<string, string> Resource<T>(T message)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (message is IMessage read) Add(read, found);
        return found;
    }

    private static void Add(IMessage message, Dictionary<string, string> found)
    {
        foreach (var name in Names)
            if (message.Descriptor.FindFieldByName(name)?.Accessor.GetValue(message) is string { Length: > 0 } text)
                found.TryAdd(name, text);
        foreach (var name in Inner)
            if (message.Descriptor.FindFieldByName(name)?.Accessor.GetValue(message) is IMessage inner) Add(inner, found);
    }
}
