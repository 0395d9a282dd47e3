using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ipo.ServiceDefaults;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace Ipo.Orchestrator.Http;

/// <summary>Refuses what transcoding would ignore: a member of a JSON body, or a query parameter, that the request of
/// the RPC does not have. A misspelled setting would otherwise start a run with its default.</summary>
internal sealed class StrictRequests(RequestDelegate next)
{
    // protobuf's own reader refuses unknown members by name.
    private static readonly JsonParser Strict = new(JsonParser.Settings.Default);

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not { } rpc
            || await ProblemAsync(context.Request, rpc) is not { } problem)
        {
            await next(context);
            return;
        }
        await Refusals.WriteAsync(context.Response, problem);
    }

    private static async Task<ErrorStatus?> ProblemAsync(HttpRequest request, GrpcJsonTranscodingMetadata rpc)
    {
        var message = rpc.MethodDescriptor.InputType;
        foreach (var name in request.Query.Keys)
            if (!Has(message, name.Split('.')))
                return new InvalidFieldException(name, $"is unknown; {message.Name} has {NamesOf(message)}.").Status;
        if (rpc.HttpRule.Body != "*") return null;
        request.EnableBuffering();
        using var body = new StreamReader(request.Body, Encoding.UTF8, leaveOpen: true);
        var json = await body.ReadToEndAsync(request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        try
        {
            if (json.Length > 0) Strict.Parse(json, message);
            return null;
        }
        catch (Exception wrong) when (wrong is InvalidProtocolBufferException or InvalidJsonException)
        {
            return new InvalidFieldException("body", $"is not a {message.Name} as JSON: {wrong.Message}").Status;
        }
    }

    private static string NamesOf(MessageDescriptor message) =>
        string.Join(", ", message.Fields.InFieldNumberOrder().Select(field => field.JsonName));

    private static bool Has(MessageDescriptor? message, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty) return true;
        var name = path[0];
        var field = message?.Fields.InFieldNumberOrder().FirstOrDefault(one => one.Name == name || one.JsonName == name);
        return field is not null && Has(field.FieldType == FieldType.Message ? field.MessageType : null, path[1..]);
    }
}
