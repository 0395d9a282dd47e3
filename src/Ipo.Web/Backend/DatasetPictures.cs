using Ipo.V1;

namespace Ipo.Web.Backend;

/// <summary>Digests of a dataset's images, by which pictures are fetched.</summary>
internal static class DatasetPictures
{
    private const int LargestPage = 1000;

    /// <summary>From file to digest for the images of a class, at most 10,000.</summary>
    public static async Task<Dictionary<string, string>> OfClassAsync(
        IpoClient client, string dataset, string className, CancellationToken cancellation)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var request = new ListImagesRequest { Name = dataset, ClassName = className, PageSize = LargestPage };
        do
        {
            var page = await client.Datasets.ListImagesAsync(request, cancellationToken: cancellation);
            foreach (var image in page.Images) found[image.Path] = image.Sha256;
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0 && found.Count < 10 * LargestPage);
        return found;
    }
}
