using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Ipo.V1;
using Microsoft.AspNetCore.Components.Forms;

namespace Ipo.Web.Backend;

/// <summary>An image that a person put into a class.</summary>
/// <param name="Class">The class's name.</param>
/// <param name="File">The browser's file.</param>
internal sealed record ClassedFile(string Class, IBrowserFile File);

/// <summary>How far files are on their way.</summary>
/// <param name="Bytes">Bytes that were sent.</param>
/// <param name="AllBytes">Bytes in all.</param>
internal sealed record UploadProgress(long Bytes, long AllBytes);

/// <summary>Brings files of a browser to the orchestrator. The digest of a file goes before its content, so each is kept
/// in a temporary file meanwhile, one after the other.</summary>
internal sealed class Uploading(IpoClient client)
{
    /// <summary>The largest file that is taken, 4 GiB.</summary>
    public const long LargestFile = 4L << 30;

    private const int ChunkBytes = 256 * 1024;

    /// <summary>Sends one file, as a zip is.</summary>
    /// <returns>The upload that RegisterDataset takes: its SHA-256.</returns>
    public async Task<string> SendAsync(IBrowserFile file, Action<UploadProgress> tell, CancellationToken cancellation)
    {
        using var call = client.Uploads.UploadFiles(deadline: DateTime.MaxValue, cancellationToken: cancellation);
        var digest = await SendAsync(call, file, sent => tell(new(sent, file.Size)), cancellation);
        await call.RequestStream.CompleteAsync();
        await call;
        return digest;
    }

    /// <summary>Sends images and a list of them.</summary>
    /// <returns>The upload that RegisterDataset takes: the SHA-256 of the list.</returns>
    public async Task<string> SendAsync(
        IReadOnlyList<ClassedFile> images, Action<UploadProgress> tell, CancellationToken cancellation)
    {
        var all = images.Sum(image => image.File.Size);
        long before = 0;
        var manifest = new StringBuilder();
        using var call = client.Uploads.UploadFiles(deadline: DateTime.MaxValue, cancellationToken: cancellation);
        foreach (var (image, number) in images.Select((image, number) => (image, number)))
        {
            var start = before;
            var digest = await SendAsync(call, image.File, sent => tell(new(start + sent, all)), cancellation);
            before += image.File.Size;
            // Two cameras give two files one name; the number keeps them apart.
            manifest.Append(CultureInfo.InvariantCulture, $"{digest}  {image.Class}/{number:00000}-{Path.GetFileName(image.File.Name)}\n");
        }
        var list = Encoding.UTF8.GetBytes(manifest.ToString());
        var upload = Convert.ToHexStringLower(SHA256.HashData(list));
        await call.RequestStream.WriteAsync(new() { Start = new() { Sha256 = upload, SizeBytes = list.Length } }, cancellation);
        await call.RequestStream.WriteAsync(new() { Content = ByteString.CopyFrom(list) }, cancellation);
        await call.RequestStream.CompleteAsync();
        await call;
        return upload;
    }

    private static async Task<string> SendAsync(
        Grpc.Core.AsyncClientStreamingCall<UploadFilesRequest, UploadFilesResponse> call, IBrowserFile file, Action<long> tell,
        CancellationToken cancellation)
    {
        await using var kept = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, ChunkBytes, FileOptions.DeleteOnClose);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ChunkBytes];
        await using (var content = file.OpenReadStream(LargestFile, cancellation))
        {
            for (int read; (read = await content.ReadAsync(buffer, cancellation)) > 0;)
            {
                sha.AppendData(buffer, 0, read);
                await kept.WriteAsync(buffer.AsMemory(0, read), cancellation);
                tell(kept.Length / 2); // half of the way: to this service, and from here to the orchestrator
            }
        }
        var digest = Convert.ToHexStringLower(sha.GetHashAndReset());
        kept.Position = 0;
        await call.RequestStream.WriteAsync(new() { Start = new() { Sha256 = digest, SizeBytes = kept.Length } }, cancellation);
        for (int read; (read = await kept.ReadAsync(buffer, cancellation)) > 0;)
        {
            await call.RequestStream.WriteAsync(new() { Content = ByteString.CopyFrom(buffer, 0, read) }, cancellation);
            tell((kept.Length + kept.Position) / 2);
        }
        return digest;
    }
}
