using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Ipo.Images;
using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Reads every image once: is it one, and what is its digest. What was read before and has not changed since
/// is not read again.</summary>
internal sealed class ImageInspection(FileDigests known, IOptions<OrchestratorOptions> options, TimeProvider clock)
{
    // A file written to just now may be written to again within the resolution of its time; its digest is not kept.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    /// <summary>Files whose digests are fetched and kept together. ImageNet takes longer than a call may last: what was
    /// read before it ended is not read again.</summary>
    public int KeptAtOnce { get; init; } = 10_000;

    /// <summary>Inspects files.</summary>
    /// <param name="folder">The dataset's folder.</param>
    /// <param name="root">The folder that each has to lie under, links followed.</param>
    /// <param name="files">Files relative to it.</param>
    /// <param name="progress">Told of every file that was looked at.</param>
    /// <returns>What was found, in the files' order.</returns>
    public async Task<IReadOnlyList<InspectedFile>> InspectAsync(
        string folder, string root, IReadOnlyList<string> files, RegistrationProgress progress, CancellationToken cancellation)
    {
        progress.Begin(RegistrationStage.ReadingImages, files.Count);
        var settledBefore = (clock.GetUtcNow() - Settled).Ticks;
        var found = new InspectedFile[files.Count];
        // In the order of their paths, so that what is known of a block is one range and not all of a million. Where UTF-16
        // has another order than UTF-8 a file may lie outside and is read again.
        foreach (var block in Enumerable.Range(0, files.Count).OrderBy(index => files[index], StringComparer.Ordinal).Chunk(KeptAtOnce))
        {
            var before = known.Between(Path.Combine(folder, files[block[0]]), Path.Combine(folder, files[block[^1]]));
            var fresh = new ConcurrentBag<FileDigest>();
            try
            {
                await Parallel.ForEachAsync(block, cancellation, async (index, stop) =>
                {
                    found[index] = await InspectAsync(folder, root, files[index], before, settledBefore, fresh, stop);
                    progress.Done();
                });
            }
            finally { known.Save(fresh); } // also what a call that was ended has read
        }
        return found;
    }

    private async Task<InspectedFile> InspectAsync(
        string folder, string root, string relative, IReadOnlyDictionary<string, FileDigest> before, long settledBefore,
        ConcurrentBag<FileDigest> fresh, CancellationToken cancellation)
    {
        try
        {
            var file = new FileInfo(Path.Combine(folder, relative));
            var (bytes, modified) = (file.Length, file.LastWriteTimeUtc.Ticks);
            if (before.TryGetValue(file.FullName, out var old) && old.Bytes == bytes && old.Modified == modified)
                return new(relative, old.Sha256, null);
            var found = await ReadAsync(file, root, relative, cancellation);
            if (found.Sha256 is { } sha256 && modified < settledBefore) fresh.Add(new(file.FullName, bytes, modified, sha256));
            return found;
        }
        // Without the file's name, which stands beside it: what many files have in common is told once.
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(relative, null, "cannot be found (a link that leads nowhere, or a name that is not UTF-8)");
        }
        catch (UnauthorizedAccessException)
        {
            return new(relative, null, "cannot be read (no permission, or a folder)");
        }
        catch (IOException fault)
        {
            return new(relative, null, $"cannot be read ({fault.Message})");
        }
    }

    private async Task<InspectedFile> ReadAsync(FileInfo file, string root, string relative, CancellationToken cancellation)
    {
        var largest = options.Value.LargestImageBytes;
        if (file.Length == 0) return new(relative, null, "is empty"); // as a named pipe and a device are
        if (file.Length > largest) return new(relative, null, $"has {file.Length} bytes, more than {largest}");
        await using var stream = OpenedFile.Read(file.FullName, root);
        if (stream.Length != file.Length) return new(relative, null, "changed while it was looked at");
        var buffer = ArrayPool<byte>.Shared.Rent((int)file.Length);
        try
        {
            var content = buffer.AsMemory(0, (int)file.Length);
            await stream.ReadExactlyAsync(content, cancellation);
            if (!ImageHeader.IsImage(content.Span)) return new(relative, null, "is not a JPEG, PNG, WebP, GIF or BMP");
            return ImageFile.TooLarge(content.Span) is { } large
                ? new(relative, null, large)
                : new(relative, Convert.ToHexStringLower(SHA256.HashData(content.Span)), null);
        }
        finally { ArrayPool<byte>.Shared.Return(buffer); }
    }
}

/// <summary>A file that was looked at.</summary>
/// <param name="Path">Relative to the dataset's folder.</param>
/// <param name="Sha256">Its digest; null where it cannot be used.</param>
/// <param name="Fault">Why it cannot be used; null where it can.</param>
internal sealed record InspectedFile(string Path, string? Sha256, string? Fault);
