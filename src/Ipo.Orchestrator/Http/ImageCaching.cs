using Ipo.Orchestrator.Datasets;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Net.Http.Headers;

namespace Ipo.Orchestrator.Http;

/// <summary>Lets a browser keep images and thumbnails. Their path names their content by its digest, so what it has once is
/// what it would get again: the answer to a tag that it knows is 304, without the file being read.</summary>
internal sealed class ImageCaching(RequestDelegate next)
{
    private const string ForEver = "private, max-age=31536000, immutable"; // a year, as RFC 9111 has no more

    public async Task InvokeAsync(HttpContext context, DatasetImages images)
    {
        if (TagOf(context) is not { } tag)
        {
            await next(context);
            return;
        }
        var headers = context.Response.Headers;
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode is not (StatusCodes.Status200OK or StatusCodes.Status304NotModified)) return Task.CompletedTask;
            headers.ETag = tag;
            headers.CacheControl = ForEver;
            headers.Vary = HeaderNames.Authorization; // nor is it shown to another caller
            return Task.CompletedTask;
        });
        if (Knows(context.Request, tag) && images.Has(Route(context, "name"), Route(context, "sha256")))
            context.Response.StatusCode = StatusCodes.Status304NotModified;
        else await next(context);
    }

    private static string? TagOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>()?.MethodDescriptor.FullName switch
        {
            "ipo.v1.DatasetService.GetImage" => $"\"{Route(context, "sha256")}\"",
            // The default size by the name that it has and by its own are two entries to a browser, as its addresses are.
            "ipo.v1.DatasetService.GetThumbnail" => $"\"{Route(context, "sha256")}-{context.Request.Query["size"]}\"",
            _ => null,
        };

    private static bool Knows(HttpRequest request, string tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag == tag || known.Tag == EntityTagHeaderValue.Any.Tag);

    private static string Route(HttpContext context, string name) => context.Request.RouteValues[name]?.ToString() ?? "";
}
