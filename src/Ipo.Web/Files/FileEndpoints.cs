using System.IO.Compression;
using Google.Api;
using Grpc.Core;
using Ipo.V1;
using Ipo.Web.Backend;
using Microsoft.AspNetCore.Mvc;

namespace Ipo.Web.Files;

/// <summary>What a browser fetches by address: pictures, exports, reports.</summary>
internal static class FileEndpoints
{
    // Twice the pixels that a page gives it, for screens that have them.
    private const int ThumbnailSize = 192;

    private const string Markdown = "text/markdown; charset=utf-8";

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        app.MapGet("/images/{dataset}/{sha256}", (HttpContext http, IpoClient client, string dataset, string sha256) =>
            Answered(http, async () => Picture(http, await client.Datasets.GetImageAsync(
                new() { Name = dataset, Sha256 = sha256 }, cancellationToken: http.RequestAborted))));
        app.MapGet("/thumbnails/{dataset}/{sha256}", (HttpContext http, IpoClient client, string dataset, string sha256) =>
            Answered(http, async () => Picture(http, await client.Datasets.GetThumbnailAsync(
                new() { Name = dataset, Sha256 = sha256, Size = ThumbnailSize }, cancellationToken: http.RequestAborted))));
        app.MapGet(
            "/pictures/{dataset}",
            (HttpContext http, IpoClient client, string dataset, [FromQuery(Name = "class")] string name, string file) =>
                Answered(http, () => PictureOfFileAsync(http, client, dataset, name, file)));
        app.MapGet("/runs/{run}/export/{form}", (HttpContext http, IpoClient client, string run, string form) =>
            Answered(http, () => ExportAsync(http, client, run, form)));
        app.MapGet("/runs/{run}/report.md", (HttpContext http, IpoClient client, string run) =>
            Answered(http, async () =>
            {
                var report = await client.Reports.GetRunReportAsync(new() { RunId = run }, cancellationToken: http.RequestAborted);
                return Results.Text(report.Markdown, Markdown);
            }));
        app.MapGet("/runs/{run}/report.html", (HttpContext http, IpoClient client, string run, ReportPage page) =>
            Answered(http, async () => Results.Text(await page.WriteAsync(run, http.RequestAborted), "text/html; charset=utf-8")));
    }

    private static IResult Picture(HttpContext http, HttpBody image)
    {
        // The address names the content, so it never changes. It came from a person's folder: nothing in it may run.
        http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        http.Response.Headers.Vary = "Cookie"; // nor is it shown to whoever signs in next
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return Results.Bytes(image.Data.ToByteArray(), image.ContentType);
    }

    // A report names files; a picture's address names its content.
    private static async Task<IResult> PictureOfFileAsync(HttpContext http, IpoClient client, string dataset, string name, string file)
    {
        var digests = await DatasetPictures.OfClassAsync(client, dataset, name, http.RequestAborted);
        if (!digests.TryGetValue(file, out var sha256))
            return Results.Problem($"Dataset '{dataset}' has no image '{file}' of class '{name}' any more.", statusCode: 404);
        return Results.LocalRedirect($"/thumbnails/{Uri.EscapeDataString(dataset)}/{sha256}");
    }

    // An export of several files comes as a zip, for an address brings one file.
    private static async Task<IResult> ExportAsync(HttpContext http, IpoClient client, string run, string form)
    {
        if (!ExportFormats.ByName.TryGetValue(form, out var format))
            return Results.Problem(
                $"There is no export '{form}'; there are {string.Join(", ", ExportFormats.ByName.Keys)}.", statusCode: 404);
        var files = new List<(string Suffix, MemoryStream Content)>();
        using var call = client.Reports.ExportRun(new() { RunId = run, Format = format }, cancellationToken: http.RequestAborted);
        await foreach (var part in call.ResponseStream.ReadAllAsync(http.RequestAborted))
        {
            if (part.Content.IsEmpty) continue;
            if (files.Count == 0 || files[^1].Suffix != part.Suffix) files.Add((part.Suffix, new()));
            part.Content.WriteTo(files[^1].Content);
        }
        var name = $"{run}.{Wording.FileEnding(format)}";
        if (files is [var only]) return Results.Bytes(only.Content.ToArray(), "application/octet-stream", name);
        var zipped = new MemoryStream();
        using (var zip = new ZipArchive(zipped, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (suffix, content) in files)
            {
                await using var entry = await zip.CreateEntry(name + suffix).OpenAsync(http.RequestAborted);
                content.Position = 0;
                await content.CopyToAsync(entry, http.RequestAborted);
            }
        }
        return Results.Bytes(zipped.ToArray(), "application/zip", $"{run}.{form}.zip");
    }

    private static async Task<IResult> Answered(HttpContext http, Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (RpcException refusal) when (!http.RequestAborted.IsCancellationRequested)
        {
            return Results.Problem(Fault.Of(refusal).Message, statusCode: Status(refusal.StatusCode));
        }
    }

    private static int Status(StatusCode code) => code switch
    {
        StatusCode.NotFound => 404,
        StatusCode.InvalidArgument => 400,
        StatusCode.FailedPrecondition => 409,
        StatusCode.Unauthenticated => 401,
        StatusCode.PermissionDenied => 403,
        StatusCode.Unavailable or StatusCode.DeadlineExceeded => 503,
        _ => 502,
    };
}
