using System.Runtime.CompilerServices;
using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Uploads;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Ipo.Orchestrator.Http;

/// <summary>UploadService.UploadFiles for HTTP, which has no client streaming in JSON: a file as the body of a PUT under
/// its digest, or files of a form, whose digests the answer tells.</summary>
internal static class UploadEndpoints
{
    private const int ChunkBytes = 256 * 1024;

    public static void Map(WebApplication app)
    {
        var uploads = app.MapGroup("/v1/uploads").AddEndpointFilter<Refusals>().AddEndpointFilter<AuditFilter>().ExcludeFromDescription()
            .WithMetadata(new DisableRequestSizeLimitAttribute(), new ForRoleAttribute(Role.Run)); // the store has limits of its own
        uploads.MapPut("/{sha256}", PutAsync);
        uploads.MapPost("", PostAsync);
    }

    private static async Task<IResult> PutAsync(
        string sha256, long? offset, HttpRequest request, IContentStore store, CancellationToken cancellation)
    {
        Sha256Text.Check("sha256", sha256);
        if (request.ContentLength is not { } length)
            throw RefusedException.InvalidField("Content-Length", "is missing; send it, so that a body cut short is noticed.");
        await store.WriteAsync(sha256, (offset ?? 0) + length, offset ?? 0, Content(request.Body, cancellation), cancellation);
        return Results.Json(new { sha256, sizeBytes = (offset ?? 0) + length });
    }

    private static async Task<IResult> PostAsync(HttpRequest request, IContentStore store, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            throw RefusedException.InvalidField("Content-Type", $"is '{request.ContentType}'; send multipart/form-data, as a form does.");
        var reader = new MultipartReader(boundary, request.Body);
        var files = new List<object>();
        while (await reader.ReadNextSectionAsync(cancellation) is { } section)
        {
            if (section.AsFileSection() is not { FileStream: { } content } file) continue;
            var (sha256, sizeBytes) = await store.WriteAsync(content, cancellation);
            files.Add(new { name = file.FileName, sha256, sizeBytes });
        }
        return files.Count > 0
            ? Results.Json(new { files })
            : throw RefusedException.InvalidField("body", "holds no file; send files as parts of a form with a file name each.");
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Content(
        Stream body, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = new byte[ChunkBytes];
        for (int read; (read = await body.ReadAsync(buffer, cancellation)) > 0;) yield return buffer.AsMemory(0, read);
    }
}
