using System.Collections.Concurrent;
using System.Security.Cryptography;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Limits;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Uploads;

/// <summary>The content store in the data directory: <c>uploads/content/ab/abcd…</c>, beside it <c>abcd….part</c> for
/// what is not whole; each tenant has one of its own (<see cref="UploadsFolder"/>), so that a digest tells nobody what
/// others have sent. A dataset that is registered from uploads has links to its files, so the store may forget
/// them.</summary>
internal sealed class ContentFolder(IOptions<OrchestratorOptions> options, Ledger ledger, TimeProvider clock) : IContentStore
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private readonly OrchestratorOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, Filling> _fillings = new(StringComparer.Ordinal);

    private string Folder => Path.Combine(UploadsFolder.Of(_options), "content");

    private Filling Filled => _fillings.GetOrAdd(Folder, folder => new(new(() => ForgetOld(folder, clock.GetUtcNow() - Kept))));

    public bool Has(string sha256)
    {
        _ = Filled.Bytes; // what is too old is no longer there
        return File.Exists(PathOf(sha256));
    }

    public long ReceivedBytes(string sha256) => new FileInfo(PartOf(sha256)) is { Exists: true } part ? part.Length : 0;

    public Stream OpenRead(string sha256) => File.OpenRead(PathOf(sha256));

    public void PlaceAt(string sha256, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!HardLink.TryCreate(path, PathOf(sha256))) File.Copy(PathOf(sha256), path);
    }

    public async Task WriteAsync(
        string sha256, long size, long offset, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellation)
    {
        if (Has(sha256))
        {
            await foreach (var _ in content.WithCancellation(cancellation)) { } // read past: the next file follows
            return;
        }
        Check(size);
        ledger.Demand(Used.UploadBytes, size - offset);
        var filled = Filled;
        long received = 0;
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(sha256))!);
        await using (var part = OpenPart(sha256))
        {
            if (offset > part.Length)
                throw RefusedException.InvalidField(
                    "start.offset", $"is {offset}, and {part.Length} bytes of '{sha256}' are there; go on from there.");
            filled.Add(offset - part.Length);
            part.SetLength(offset);
            part.Position = offset;
            try
            {
                await foreach (var chunk in content.WithCancellation(cancellation))
                {
                    if (part.Position + chunk.Length > size)
                        throw RefusedException.Invalid($"'{sha256}' has more than the {size} bytes that its start says.");
                    await part.WriteAsync(chunk, cancellation);
                    filled.Add(chunk.Length);
                    received += chunk.Length;
                }
            }
            finally { ledger.Add(Used.UploadBytes, received); }
            if (part.Length != size)
                throw RefusedException.Invalid($"'{sha256}' ends after {part.Length} of {size} bytes. Send the rest.");
            part.Position = 0;
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(part, cancellation));
            if (found != sha256)
            {
                filled.Add(-part.Length);
                part.SetLength(0);
                throw RefusedException.Invalid($"The content sent as '{sha256}' has the SHA-256 '{found}'; nothing of it is kept.");
            }
        }
        File.Move(PartOf(sha256), PathOf(sha256), overwrite: true);
    }

    public async Task<(string Sha256, long Size)> WriteAsync(Stream content, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Folder);
        var aside = Path.Combine(Folder, $"{Guid.NewGuid():N}.part");
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            await using (var file = new FileStream(aside, FileMode.CreateNew))
            {
                var buffer = new byte[81_920];
                for (int read; (read = await content.ReadAsync(buffer, cancellation)) > 0; size += read)
                {
                    Check(size + read);
                    ledger.Demand(Used.UploadBytes, size + read);
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                }
            }
            ledger.Add(Used.UploadBytes, size);
            var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (Has(sha256)) return (sha256, size);
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(sha256))!);
            File.Move(aside, PathOf(sha256), overwrite: true);
            Filled.Add(size);
            return (sha256, size);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    // Deletes what was sent before a time, and counts the bytes of the rest.
    private static long ForgetOld(string folder, DateTimeOffset before)
    {
        if (!Directory.Exists(folder)) return 0;
        long bytes = 0;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
            if (file.LastWriteTimeUtc < before.UtcDateTime) file.Delete();
            else bytes += file.Length;
        return bytes;
    }

    private void Check(long size)
    {
        if (size < 0 || size > _options.MostUnpackedBytes)
            throw RefusedException.InvalidField(
                "start.size_bytes", $"is {size}; files of up to {_options.MostUnpackedBytes} bytes are taken "
                    + $"({OrchestratorOptions.Section}:MostUnpackedBytes).");
        if (Filled.Bytes is var bytes && bytes + size > _options.MostUploadedBytes)
            throw RefusedException.Exhausted(
                $"Uploads that are not a week old fill {bytes} bytes, and {_options.MostUploadedBytes} are kept "
                    + $"({OrchestratorOptions.Section}:MostUploadedBytes).");
    }

    private FileStream OpenPart(string sha256)
    {
        try { return new(PartOf(sha256), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None); }
        catch (IOException) when (File.Exists(PartOf(sha256)))
        {
            throw RefusedException.Busy($"Another call is sending '{sha256}'. Wait for it, or send the file again later.");
        }
    }

    private string PathOf(string sha256) => Path.Combine(Folder, sha256[..2], sha256);

    private string PartOf(string sha256) => PathOf(sha256) + ".part";

    // What lies in a folder, and what has come since the first upload of this process asked for it.
    private sealed class Filling(Lazy<long> before)
    {
        private long _since;

        public long Bytes => before.Value + Interlocked.Read(ref _since);

        public void Add(long bytes) => Interlocked.Add(ref _since, bytes);
    }
}
