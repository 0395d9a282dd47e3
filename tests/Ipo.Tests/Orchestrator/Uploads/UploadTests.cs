using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Uploads;

/// <summary>A dataset of a caller whose folder the orchestrator cannot see.</summary>
public sealed class UploadTests : OrchestratorTest
{
    private string Away => Path.Combine(Folder, "away", "tiny");

    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "away/tiny");
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_folder_is_uploaded_registered_run_and_deleted()
    {
        var manifest = await UploadFolderAsync();
        var dataset = (await Client.Datasets.RegisterDatasetAsync(new() { Name = "tiny", Upload = manifest }, cancellationToken: Cancellation)).Dataset;

        foreach (var file in Directory.GetFiles(Away, "*", SearchOption.AllDirectories))
        {
            var here = Path.Combine(Folder, "data", "here", Path.GetRelativePath(Away, file));
            Directory.CreateDirectory(Path.GetDirectoryName(here)!);
            File.Copy(file, here);
        }
        Assert.Equal((await Lab.RegisterAsync("here")).Digest, dataset.Digest); // the same content, wherever it came from
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, "run");
        Assert.Null((await Lab.EndAsync("run")).FailureReason);

        await Client.Runs.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        Assert.True(Directory.Exists(dataset.Path));
        await Client.Datasets.DeleteDatasetAsync(new() { Name = "tiny" }, cancellationToken: Cancellation);
        Assert.False(Directory.Exists(dataset.Path));
        // Its content stays for a week: the next dataset sends nothing.
        Assert.Empty((await Client.Uploads.FindMissingFilesAsync(new() { Sha256 = { manifest } }, cancellationToken: Cancellation)).Files);
    }

    [Fact]
    public async Task An_upload_that_broke_off_goes_on_where_it_stood()
    {
        var content = RandomNumberGenerator.GetBytes(100_000);
        var sha256 = Of(content);
        using (var call = Client.Uploads.UploadFiles(cancellationToken: Cancellation))
        {
            await call.RequestStream.WriteAsync(new() { Start = new() { Sha256 = sha256, SizeBytes = content.Length } }, Cancellation);
            await call.RequestStream.WriteAsync(new() { Content = ByteString.CopyFrom(content.AsSpan(0, 60_000)) }, Cancellation);
            await call.RequestStream.CompleteAsync();
            var broken = await Assert.ThrowsAsync<RpcException>(async () => await call);
            Assert.Contains("ends after 60000 of 100000 bytes", broken.Status.Detail, StringComparison.Ordinal);
        }
        var missing = Assert.Single((await Client.Uploads.FindMissingFilesAsync(new() { Sha256 = { sha256, sha256 } }, cancellationToken: Cancellation)).Files);
        Assert.Equal((sha256, 60_000), (missing.Sha256, missing.ReceivedBytes));

        var answer = await UploadAsync((sha256, content, 60_000));
        Assert.Equal((1, 40_000), (answer.Files, answer.Bytes));
        Assert.Empty((await Client.Uploads.FindMissingFilesAsync(new() { Sha256 = { sha256 } }, cancellationToken: Cancellation)).Files);
    }

    [Fact]
    public async Task Content_with_another_digest_is_refused_and_not_kept()
    {
        var (content, other) = ("one"u8.ToArray(), "two"u8.ToArray());
        var refusal = await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => UploadAsync((Of(other), content, 0)));
        Assert.Contains($"has the SHA-256 '{Of(content)}'; nothing of it is kept", refusal, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single((await Client.Uploads.FindMissingFilesAsync(new() { Sha256 = { Of(other) } }, cancellationToken: Cancellation)).Files).ReceivedBytes);
    }

    [Theory]
    [InlineData("nothing of a manifest", "is a manifest whose line 1 is no SHA-256")]
    [InlineData("HASH  ../outside.jpg", "leads out of the folder")]
    [InlineData("HASH  /outside.jpg", "leads out of the folder")]
    [InlineData("HASH  a.jpg\nHASH *./a.jpg", "names 'a.jpg' twice")]
    [InlineData("", "is an empty manifest")]
    public async Task A_manifest_that_cannot_be_followed_is_refused(string text, string expected)
    {
        var manifest = Encoding.UTF8.GetBytes(text.Replace("HASH", Of("x"u8.ToArray()), StringComparison.Ordinal));
        await UploadAsync((Of(manifest), manifest, 0));
        var refusal = await OrchestratorLab.RefusedAsync(
            StatusCode.InvalidArgument, () => Client.Datasets.RegisterDatasetAsync(new() { Name = "x", Upload = Of(manifest) }, cancellationToken: Cancellation).ResponseAsync);
        Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_lacking_are_named()
    {
        var manifest = Encoding.UTF8.GetBytes($"{Of("x"u8.ToArray())}  cat/x.jpg\n");
        await UploadAsync((Of(manifest), manifest, 0));
        var refusal = await OrchestratorLab.RefusedAsync(
            StatusCode.FailedPrecondition, () => Client.Datasets.RegisterDatasetAsync(new() { Name = "x", Upload = Of(manifest) }, cancellationToken: Cancellation).ResponseAsync);
        Assert.StartsWith("1 of 1 files of the manifest are lacking: 'cat/x.jpg'.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_comes_as_a_form_over_http_and_its_images_come_back()
    {
        var zip = Path.Combine(Folder, "tiny.zip");
        await ZipFile.CreateFromDirectoryAsync(Away, zip, Cancellation);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(zip, Cancellation)), "file", "tiny.zip" } };
        using var sent = await Lab.Http.PostAsync("/v1/uploads", form, Cancellation);
        var file = (await sent.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("files")[0];
        Assert.Equal("tiny.zip", file.GetProperty("name").GetString());

        using var registered = await Lab.Http.PostAsJsonAsync(
            "/v1/datasets", new { name = "tiny", upload = file.GetProperty("sha256").GetString() }, Cancellation);
        Assert.True(registered.IsSuccessStatusCode, await registered.Content.ReadAsStringAsync(Cancellation));

        var images = await Lab.Http.GetFromJsonAsync<JsonElement>("/v1/datasets/tiny/images?split=SPLIT_TEST&page_size=2", Cancellation);
        var image = images.GetProperty("images")[0];
        var sha256 = image.GetProperty("sha256").GetString()!;
        using var answer = await Lab.Http.GetAsync($"/v1/datasets/tiny/images/{sha256}", Cancellation);
        Assert.Equal("image/png", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(sha256, Of(await answer.Content.ReadAsByteArrayAsync(Cancellation)));

        using var unknown = await Lab.Http.GetAsync($"/v1/datasets/tiny/images/{Of([])}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task What_was_sent_more_than_a_week_ago_is_forgotten_at_the_next_start()
    {
        byte[] old = [1, 2, 3], fresh = [4, 5, 6];
        await UploadAsync((Of(old), old, 0), (Of(fresh), fresh, 0));
        File.SetLastWriteTimeUtc(Path.Combine(Folder, "state", "uploads", "content", Of(old)[..2], Of(old)), DateTime.UtcNow.AddDays(-8));
        await RestartAsync(_ => { });
        var missing = (await Client.Uploads.FindMissingFilesAsync(new() { Sha256 = { Of(old), Of(fresh) } }, cancellationToken: Cancellation)).Files;
        Assert.Equal(Of(old), Assert.Single(missing).Sha256);
    }

    [Fact]
    public async Task A_file_is_put_under_its_digest_over_http()
    {
        var content = RandomNumberGenerator.GetBytes(5000);
        using var first = await Lab.Http.PutAsync($"/v1/uploads/{Of(content)}", new ByteArrayContent(content), Cancellation);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var wrong = await Lab.Http.PutAsync($"/v1/uploads/{new string('0', 64)}", new ByteArrayContent(content), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Images_are_listed_by_class_and_page()
    {
        await Client.Datasets.RegisterDatasetAsync(new() { Name = "tiny", Upload = await UploadFolderAsync() }, cancellationToken: Cancellation);
        var all = (await Client.Datasets.ListImagesAsync(new() { Name = "tiny", PageSize = 1000 }, cancellationToken: Cancellation)).Images;
        Assert.Equal(Lab.ImagesOf("tiny").Select(image => image.Sha256), all.Select(image => image.Sha256));
        var name = all[^1].ClassName;
        var first = await Client.Datasets.ListImagesAsync(new() { Name = "tiny", ClassName = name, PageSize = 1 }, cancellationToken: Cancellation);
        var rest = await Client.Datasets.ListImagesAsync(new() { Name = "tiny", ClassName = name, PageToken = first.NextPageToken }, cancellationToken: Cancellation);
        Assert.Equal(all.Where(image => image.ClassName == name), first.Images.Concat(rest.Images));

        var error = (await Assert.ThrowsAsync<RpcException>(() => Client.Datasets.ListImagesAsync(new() { Name = "tiny", ClassName = "?" }, cancellationToken: Cancellation).ResponseAsync)).GetRpcStatus()!;
        Assert.Equal("class_name", Assert.Single(error.GetDetail<BadRequest>().FieldViolations).Field);
    }

    private static string Of(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    // What a client does: digests first, then what is lacking, then the manifest.
    private async Task<string> UploadFolderAsync()
    {
        var files = Directory.GetFiles(Away, "*", SearchOption.AllDirectories)
            .Select(path => (Path: Path.GetRelativePath(Away, path).Replace('\\', '/'), Content: File.ReadAllBytes(path))).ToList();
        var missing = (await Client.Uploads.FindMissingFilesAsync(new() { Sha256 = { files.Select(file => Of(file.Content)) } }, cancellationToken: Cancellation)).Files;
        var lacking = files.Where(file => missing.Any(one => one.Sha256 == Of(file.Content))).DistinctBy(file => Of(file.Content)).ToList();
        var manifest = Encoding.UTF8.GetBytes(string.Concat(files.Select(file => $"{Of(file.Content)}  {file.Path}\n")));
        await UploadAsync([.. lacking.Select(file => (Of(file.Content), file.Content, 0)), (Of(manifest), manifest, 0)]);
        return Of(manifest);
    }

    private async Task<V1.UploadFilesResponse> UploadAsync(params (string Sha256, byte[] Content, int Offset)[] files)
    {
        using var call = Client.Uploads.UploadFiles(cancellationToken: Cancellation);
        foreach (var (sha256, content, offset) in files)
        {
            await call.RequestStream.WriteAsync(new() { Start = new() { Sha256 = sha256, SizeBytes = content.Length, Offset = offset } }, Cancellation);
            foreach (var chunk in content.AsMemory(offset).ToArray().Chunk(65_536))
                await call.RequestStream.WriteAsync(new() { Content = ByteString.CopyFrom(chunk) }, Cancellation);
        }
        await call.RequestStream.CompleteAsync();
        return await call;
    }
}
