using Grpc.Core;
using Ipo.V1;
using Ipo.Web.Backend;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Ipo.Web.Files;

/// <summary>A report as one HTML file: the same parts as on the page, drawn once, with their style and pictures inside.
/// It needs no script and no network.</summary>
internal sealed class ReportPage(IpoClient client, IWebHostEnvironment host, IServiceProvider services, ILoggerFactory logs)
{
    // Each picture is in the file whole; more would make it too large to send around.
    private const int Pictures = 12;
    private const int PictureSize = 96;

    public async Task<string> WriteAsync(string run, CancellationToken cancellation)
    {
        var answer = await client.Reports.GetRunReportAsync(new() { RunId = run }, cancellationToken: cancellation);
        if (answer.Report is not { } report)
            throw new RpcException(new(
                StatusCode.FailedPrecondition,
                $"Run '{run}' is {RunWords.State(answer.Search.Run.State)}; the HTML report comes when it is completed."));
        var pictures = await PicturesAsync(report, cancellation);
        var file = host.WebRootFileProvider.GetFileInfo("ipo.css");
        using var reader = new StreamReader(file.CreateReadStream());
        var style = await reader.ReadToEndAsync(cancellation);
        await using var renderer = new HtmlRenderer(services, logs);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(ReportDocument.Report)] = report,
                [nameof(ReportDocument.Style)] = style,
                [nameof(ReportDocument.Pictures)] = pictures,
            });
            var page = await renderer.RenderComponentAsync<ReportDocument>(parameters);
            return page.ToHtmlString();
        });
    }

    private async Task<Dictionary<string, string>> PicturesAsync(RunReport report, CancellationToken cancellation)
    {
        var pictures = new Dictionary<string, string>(StringComparer.Ordinal);
        if (report.Explanation is null) return pictures;
        foreach (var direction in report.Explanation.FlippedImages.GroupBy(image => image.Gained))
            foreach (var image in direction.Take(Pictures))
                if (await PictureAsync(report.Dataset.Name, image, cancellation) is { } picture) pictures[image.Path] = picture;
        return pictures;
    }

    private async Task<string?> PictureAsync(string dataset, FlippedImage image, CancellationToken cancellation)
    {
        try
        {
            var digests = await DatasetPictures.OfClassAsync(client, dataset, image.ClassName, cancellation);
            if (!digests.TryGetValue(image.Path, out var sha256)) return null;
            var picture = await client.Datasets.GetThumbnailAsync(
                new() { Name = dataset, Sha256 = sha256, Size = PictureSize }, cancellationToken: cancellation);
            return $"data:{picture.ContentType};base64,{picture.Data.ToBase64()}";
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            return null; // the dataset is gone or has changed, or the image is damaged; the report names the file
        }
    }
}
