using System.Net;
using Grpc.Core;
using Ipo.Tests.Captioner;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class ThumbnailTests : OrchestratorTest
{
    private readonly Dictionary<string, string> _digests = [];

    private protected override async Task PrepareAsync()
    {
        SKColor[] colours = [SKColors.Red, SKColors.Green, SKColors.Blue, SKColors.Black];
        foreach (var kind in (string[])["cat", "dog"])
            for (var number = 0; number < colours.Length; number++)
                Folder.Write($"data/pets/{kind}/{number}.png", Pictures.Plain(600 + kind[0], 300 + number, colours[number]));
        var whole = Pictures.Plain(1500, 1500, format: SKEncodedImageFormat.Jpeg);
        Folder.Write("data/pets/cat/broken.png", whole[..(whole.Length / 2)]);
        await Lab.RegisterAsync("pets");
        var images = await Client.Datasets.ListImagesAsync(new() { Name = "pets" }, cancellationToken: Cancellation);
        foreach (var image in images.Images) _digests[image.Path] = image.Sha256;
    }

    [Theory]
    [InlineData(0, 192)]
    [InlineData(96, 96)]
    [InlineData(192, 192)]
    [InlineData(384, 384)]
    public async Task An_image_comes_as_a_jpeg_of_a_size(int asked, int longest)
    {
        var body = await Client.Datasets.GetThumbnailAsync(Request("cat/0.png", asked), cancellationToken: Cancellation);
        Assert.Equal("image/jpeg", body.ContentType);
        using var picture = SKBitmap.Decode(body.Data.Span);
        Assert.Equal(longest, picture.Width);
        var (red, middle) = (SKColors.Red, picture.GetPixel(picture.Width / 2, picture.Height / 2));
        Assert.True(Math.Abs(middle.Red - red.Red) < 8 && middle.Green < 8 && middle.Blue < 8, $"{middle}");
        Assert.Equal(body, await Client.Datasets.GetThumbnailAsync(Request("cat/0.png", asked), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task What_is_damaged_is_refused_by_its_name()
    {
        const string path = "cat/broken.png";
        var message = await OrchestratorLab.RefusedAsync(
            StatusCode.FailedPrecondition,
            async () => await Client.Datasets.GetThumbnailAsync(Request(path, 96), cancellationToken: Cancellation));
        Assert.StartsWith($"The image '{path}' cannot be shown small: ", message, StringComparison.Ordinal);
        Assert.Contains("damaged or ends early", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_sizes_and_images_are_refused()
    {
        Assert.Equal(
            "size is 100; it takes 96, 192, 384, or 0 for 192.",
            await OrchestratorLab.RefusedAsync(
                StatusCode.InvalidArgument,
                async () => await Client.Datasets.GetThumbnailAsync(Request("cat/0.png", 100), cancellationToken: Cancellation)));
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, async () => await Client.Datasets.GetThumbnailAsync(
            new() { Name = "pets", Sha256 = new string('0', 64) }, cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData("", "image/png")]
    [InlineData("/thumbnail?size=96", "image/jpeg")]
    public async Task A_browser_keeps_what_it_has(string suffix, string type)
    {
        var path = $"/v1/datasets/pets/images/{_digests["cat/0.png"]}{suffix}";
        using var first = await Lab.Http.GetAsync(path, Cancellation);
        Assert.Equal((HttpStatusCode.OK, type), (first.StatusCode, first.Content.Headers.ContentType?.MediaType));
        Assert.Equal("max-age=31536000, private, immutable", Sorted(first));
        Assert.NotNull(first.Headers.ETag);

        using var again = await AskAsync(path, first.Headers.ETag!.ToString());
        Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync(Cancellation)).Length));
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
        using var other = await AskAsync(path, "\"another\"");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        var gone = path.Replace(_digests["cat/0.png"], new string('0', 64), StringComparison.Ordinal);
        using var missing = await AskAsync(gone, "*");
        Assert.Equal((HttpStatusCode.NotFound, null), (missing.StatusCode, missing.Headers.CacheControl));
    }

    private static string Sorted(HttpResponseMessage response) => response.Headers.CacheControl!.ToString();

    private async Task<HttpResponseMessage> AskAsync(string path, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "If-None-Match", tag } } };
        return await Lab.Http.SendAsync(request, Cancellation);
    }

    private V1.GetThumbnailRequest Request(string path, int size) => new() { Name = "pets", Sha256 = _digests[path], Size = size };
}
