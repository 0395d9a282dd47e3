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
    private const int LongestBoundary = 70; // RFC 2046, section 5.1.1
    private const int WithoutNumber = unchecked((int)0x80131620); // COR_E_IO
    private const int MostFiles = 100_000;

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
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= LongestBoundary } boundary)
            throw RefusedException.InvalidField(
                "Content-Type",
                $"is '{request.ContentType}'; send multipart/form-data with a boundary of 1 to 70 characters, as a form does.");
        var reader = new MultipartReader(boundary, request.Body);
        var files = new List<object>();
        while (await ReadAsync(() => reader.ReadNextSectionAsync(cancellation)) is { } section)
        {
            if (section.AsFileSection() is not { FileStream: { } content } file) continue;
            if (files.Count == MostFiles)
                throw RefusedException.InvalidField(
                    "body", $"holds more than {MostFiles} files; send the rest in another request, or a zip.");
            var (sha256, sizeBytes) = await ReadAsync(() => store.WriteAsync(content, cancellation));
            files.Add(new { name = file.FileName, sha256, sizeBytes });
        }
        return files.Count > 0
            ? Results.Json(new { files })
            : throw RefusedException.InvalidField("body", "holds no file; send files as parts of a form with a file name each.");
    }

    // A form that breaks off or is none is the caller's fault; a disk that is full is not, and has an error number of the system.
    private static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try { return await read(); }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException { HResult: WithoutNumber })
        {
            throw RefusedException.InvalidField("body", $"is no multipart/form-data: {wrong.Message}");
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Content(
        Stream body, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = new byte[ChunkBytes];
        for (int read; (read = await body.ReadAsync(buffer, cancellation)) > 0;) yield return buffer.AsMemory(0, read);
    }
}
