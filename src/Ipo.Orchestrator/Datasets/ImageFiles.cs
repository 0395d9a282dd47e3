using System.Security.Cryptography;
using Google.Protobuf;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The files behind a dataset's images. Bytes that are not the registered ones are never used.</summary>
internal sealed class ImageFiles(Dataset dataset)
{
    /// <summary>Puts images into batches of at most some images and about some bytes; a larger image is a batch of its
    /// own.</summary>
    public IEnumerable<IReadOnlyList<DatasetImage>> Batches(IEnumerable<DatasetImage> images, int most, long bytes)
    {
        var batch = new List<DatasetImage>();
        long filled = 0;
        foreach (var image in images)
        {
            var file = new FileInfo(FullPath(image));
            var size = file.Exists ? file.Length : 0; // reading it says what is wrong
            if (batch.Count == most || (batch.Count > 0 && filled + size > bytes))
            {
                yield return batch;
                (batch, filled) = ([], 0);
            }
            batch.Add(image);
            filled += size;
        }
        if (batch.Count > 0) yield return batch;
    }

    /// <summary>Reads images, in their order.</summary>
    /// <exception cref="RefusedException">A file is gone or holds something else than when the dataset was
    /// registered.</exception>
    public async Task<IReadOnlyList<ByteString>> ReadAsync(IReadOnlyList<DatasetImage> images, CancellationToken cancellation)
    {
        var contents = new ByteString[images.Count];
        for (var i = 0; i < images.Count; i++) contents[i] = await ReadAsync(images[i], cancellation);
        return contents;
    }

    /// <summary>Reads one image.</summary>
    /// <exception cref="RefusedException">The file is gone or holds something else than when the dataset was
    /// registered.</exception>
    public async Task<ByteString> ReadAsync(DatasetImage image, CancellationToken cancellation)
    {
        byte[] content;
        try
        {
            await using var file = OpenedFile.Read(FullPath(image), root: null); // the digest says what it is, wherever it lies
            if (file.Length > OrchestratorOptions.MostImageBytes) throw Changed(image);
            content = new byte[file.Length];
            await file.ReadExactlyAsync(content, cancellation);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw RefusedException.Forbidden(
                $"The image '{image.Path}' of dataset '{dataset.Name}' cannot be read from {dataset.Folder} ({fault.Message}); put it "
                    + "back, or register the dataset again and start a new run.");
        }
        return Convert.ToHexStringLower(SHA256.HashData(content)) == image.Sha256
            ? UnsafeByteOperations.UnsafeWrap(content)
            : throw Changed(image);
    }

    private RefusedException Changed(DatasetImage image) => RefusedException.Forbidden(
        $"The image '{image.Path}' of dataset '{dataset.Name}' has changed since it was registered; put the old file back, or "
            + "register the dataset again and start a new run.");

    private string FullPath(DatasetImage image) => Path.Combine(dataset.Folder, image.Path);
}
