using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Http;

/// <summary>Answers what is refused as transcoded RPCs do: <c>google.rpc.Status</c> as JSON, under the HTTP status that
/// belongs to its gRPC code (googleapis, google/rpc/code.proto).</summary>
internal sealed class Refusals(IEnumerable<ErrorMap> maps) : IEndpointFilter
{
    private static readonly JsonFormatter Json =
        new(JsonFormatter.Settings.Default.WithTypeRegistry(TypeRegistry.FromFiles(Google.Rpc.ErrorDetailsReflection.Descriptor)));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try { return await next(context); }
        catch (Exception fault) when (maps.Select(map => map(fault)).FirstOrDefault(known => known is not null) is { } status)
        {
            await WriteAsync(context.HttpContext.Response, status);
            return Results.Empty;
        }
    }

    /// <summary>Answers with an error in the protocol of the request: before any method of ours is called, nothing else
    /// would.</summary>
    public static async Task AnswerAsync(HttpContext context, ErrorStatus status)
    {
        var response = context.Response;
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
        {
            if (status.Code == StatusCode.Unauthenticated) response.Headers.WWWAuthenticate = "Bearer";
            await WriteAsync(response, status);
            return;
        }
        var error = status.ToException();
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)status.Code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Escaped(status.Message);
        foreach (var entry in error.Trailers)
            response.Headers[entry.Key] = entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;
        // Not started here: headers that end the stream are what gRPC takes for a status, and other clients for nothing else.
    }

    /// <summary>An error as JSON.</summary>
    public static string JsonOf(ErrorStatus status) => Json.Format(status.ToException().GetRpcStatus());

    /// <summary>Answers with an error as JSON.</summary>
    public static Task WriteAsync(HttpResponse response, ErrorStatus status)
    {
        response.StatusCode = HttpStatusOf(status.Code);
        response.ContentType = "application/json";
        return response.WriteAsync(JsonOf(status), response.HttpContext.RequestAborted);
    }

    // As gRPC over HTTP/2 has it: readable ASCII stands as it is, a byte of anything else as %XX. Some clients undo no more than that.
    private static string Escaped(string message) => string.Concat(Encoding.UTF8.GetBytes(message)
        .Select(letter => letter is >= (byte)' ' and <= (byte)'~' and not (byte)'%' ? $"{(char)letter}" : $"%{letter:X2}"));

    private static int HttpStatusOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => 400,
        StatusCode.Unauthenticated => 401,
        StatusCode.PermissionDenied => 403,
        StatusCode.NotFound => 404,
        StatusCode.AlreadyExists or StatusCode.Aborted => 409,
        StatusCode.ResourceExhausted => 429,
        StatusCode.Unavailable => 503,
        StatusCode.DeadlineExceeded => 504,
        _ => 500,
    };
}
