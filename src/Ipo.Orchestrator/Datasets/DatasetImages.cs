using Google.Api;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Uploads;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The images of a dataset, for callers that cannot read its folder.</summary>
internal sealed class DatasetImages(DatasetStore datasets, Thumbnails thumbnails)
{
    /// <summary>A page of them, by split, class and digest.</summary>
    /// <exception cref="RefusedException">There is no such dataset or class, or the page is invalid.</exception>
    public V1.ListImagesResponse List(V1.ListImagesRequest request)
    {
        var dataset = datasets.Get(request.Name);
        if (request.HasSplit && request.Split is not (V1.Split.Train or V1.Split.Validation or V1.Split.Test))
            throw RefusedException.InvalidField("split", "is no split; give train, validation or test, or leave it out.");
        var label = request.ClassName.Length == 0 ? -1 : dataset.ClassNames.ToList().IndexOf(request.ClassName);
        if (label < 0 && request.ClassName.Length > 0)
            throw RefusedException.InvalidField(
                "class_name",
                $"'{request.ClassName}' is not a class of '{dataset.Name}'; it has {FileList.Summarize([.. dataset.ClassNames])}.");
        var chosen = dataset.Images
            .Where(image => (label < 0 || image.Label == label) && (!request.HasSplit || SplitOf(image) == request.Split));
        var page = Paging<DatasetImage>.Of(
            chosen, image => $"{(int)image.Split} {image.Label:D9} {image.Sha256}", request.PageSize, request.PageToken);
        return new()
        {
            Images =
            {
                page.Entries.Select(image => new V1.DatasetImage
                {
                    Sha256 = image.Sha256,
                    Path = image.Path,
                    ClassName = dataset.ClassNames[image.Label],
                    Split = SplitOf(image),
                }),
            },
            NextPageToken = page.NextToken,
        };
    }

    /// <summary>The file of one, with its media type.</summary>
    /// <exception cref="RefusedException">There is no such image, or its file is gone or has changed.</exception>
    public async Task<HttpBody> GetAsync(V1.GetImageRequest request, CancellationToken cancellation)
    {
        var (dataset, image) = Find(request.Name, request.Sha256);
        var content = await new ImageFiles(dataset).ReadAsync(image, cancellation);
        return new() { ContentType = ImageHeader.MediaType(content.Span) ?? "application/octet-stream", Data = content };
    }

    /// <summary>One of them small, as a JPEG.</summary>
    /// <exception cref="RefusedException">There is no such image or size, or its file is gone, has changed or is
    /// damaged.</exception>
    public async Task<HttpBody> GetThumbnailAsync(V1.GetThumbnailRequest request, CancellationToken cancellation)
    {
        var size = Thumbnails.SizeOf(request.Size);
        var (dataset, image) = Find(request.Name, request.Sha256);
        var jpeg = await thumbnails.GetAsync(image, size, stop => new ImageFiles(dataset).ReadAsync(image, stop), cancellation);
        return new() { ContentType = "image/jpeg", Data = jpeg };
    }

    /// <summary>Whether the current dataset of a name has an image.</summary>
    public bool Has(string name, string sha256) => datasets.Find(name)?.Images.Any(image => image.Sha256 == sha256) ?? false;

    private (Dataset Dataset, DatasetImage Image) Find(string name, string sha256)
    {
        var dataset = datasets.Get(name);
        Sha256Text.Check("sha256", sha256);
        var image = dataset.Images.FirstOrDefault(image => image.Sha256 == sha256)
            ?? throw RefusedException.NotFound("image", sha256, $"The dataset '{dataset.Name}' has no image '{sha256}'.");
        return (dataset, image);
    }

    private static V1.Split SplitOf(DatasetImage image) => EnumMapping<DatasetSplit, V1.Split>.Of(image.Split);
}
