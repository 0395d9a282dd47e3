using System.Collections.Concurrent;
using System.Security.Cryptography;
using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Reads every image once: is it one, and what is its digest. What was read before and has not changed since
/// is not read again.</summary>
internal sealed class ImageInspection(FileDigests known, IOptions<OrchestratorOptions> options, TimeProvider clock)
{
    // A file written to just now may be written to again within the resolution of its time; its digest is not kept.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    // ImageNet takes longer than a call may last: what was read before it ended is not read again.
    private const int KeptAtOnce = 10_000;

    /// <summary>Inspects files.</summary>
    /// <param name="folder">The dataset's folder.</param>
    /// <param name="files">Files relative to it.</param>
    /// <returns>What was found, in the files' order.</returns>
    public async Task<IReadOnlyList<InspectedFile>> InspectAsync(string folder, IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var before = known.Under(folder);
        var settledBefore = (clock.GetUtcNow() - Settled).Ticks;
        var found = new InspectedFile[files.Count];
        foreach (var block in Enumerable.Range(0, files.Count).Chunk(KeptAtOnce))
        {
            var fresh = new ConcurrentBag<FileDigest>();
            await Parallel.ForEachAsync(block, cancellation, async (index, stop) =>
            {
                var file = new FileInfo(Path.Combine(folder, files[index]));
                var (bytes, modified) = (file.Length, file.LastWriteTimeUtc.Ticks);
                if (before.TryGetValue(file.FullName, out var old) && old.Bytes == bytes && old.Modified == modified)
                {
                    found[index] = new(files[index], old.Sha256, null);
                    return;
                }
                found[index] = await ReadAsync(file, files[index], stop);
                if (found[index].Sha256 is { } sha256 && modified < settledBefore) fresh.Add(new(file.FullName, bytes, modified, sha256));
            });
            known.Save(fresh);
        }
        return found;
    }

    private async Task<InspectedFile> ReadAsync(FileInfo file, string relative, CancellationToken cancellation)
    {
        var largest = options.Value.LargestImageBytes;
        if (file.Length == 0) return new(relative, null, "is empty");
        if (file.Length > largest) return new(relative, null, $"has {file.Length} bytes, more than {largest}");
        try
        {
            await using var stream = file.OpenRead();
            var head = new byte[ImageHeader.Bytes];
            var read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);
            if (!ImageHeader.IsImage(head.AsSpan(0, read))) return new(relative, null, "is no JPEG, PNG, WebP, GIF or BMP");
            stream.Position = 0;
            return new(relative, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation)), null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(relative, null, $"cannot be read ({fault.Message})");
        }
    }
}

/// <summary>A file that was looked at.</summary>
/// <param name="Path">Relative to the dataset's folder.</param>
/// <param name="Sha256">Its digest; null where it cannot be used.</param>
/// <param name="Fault">Why it cannot be used; null where it can.</param>
internal sealed record InspectedFile(string Path, string? Sha256, string? Fault);
