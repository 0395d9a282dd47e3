using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Unpacks zips of datasets under the data directory, once for each content: what a zip held when it was
/// registered stays readable for the runs that rest on it. Names and sizes in a zip are the words of a stranger, so
/// every one is checked before a byte is written and sizes are counted again while writing.
/// </summary>
internal sealed class ZipFiles(IOptions<OrchestratorOptions> options)
{
    private static readonly HashSet<string> ListExtensions =
        new([".csv", ".tsv", ".tab", ".json", ".txt"], StringComparer.OrdinalIgnoreCase);

    // Upper half of the external attributes: the mode of Unix' stat(2), whose type bits say "symbolic link".
    private const int ModeShift = 16, TypeMask = 0xF000, SymbolicLink = 0xA000;

    // Part of a folder's name: raised where other files of a zip are unpacked than before.
    private const int Rules = 2;

    // Contents that registrations read now, and how many of each: they are not deleted under them.
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);

    private string Root => CanonicalPath.Of(Path.Combine(options.Value.DataDirectory, "unpacked"));

    /// <summary>Whether a path is taken for a zip.</summary>
    public static bool IsZip(string path) =>
        Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase) && File.Exists(path);

    /// <summary>Unpacks a zip unless its content is unpacked already. The content stays until the answer is disposed, whoever
    /// deletes a dataset of it meanwhile.</summary>
    /// <param name="zip">The file, without symbolic links.</param>
    /// <param name="root">The folder that it lies under, without links too.</param>
    /// <param name="progress">Told of every file that is unpacked.</param>
    /// <exception cref="RefusedException">It is no zip, or holds what is not written to this machine.</exception>
    public async Task<UnpackedZip> UnpackAsync(string zip, string root, RegistrationProgress progress, CancellationToken cancellation)
    {
        try
        {
            await using var file = OpenedFile.Read(zip, root);
            var content = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
            var source = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(zip)));
            var target = Path.Combine(Root, Short(source), $"{Short(content)}-{Rules}");
            // Others than images and lists may stand in it, as many again.
            var most = (int)Math.Min(2L * options.Value.MostImages + 1000, int.MaxValue);
            if (ZipDirectory.HasMoreThan(most, file))
                throw RefusedException.Invalid($"{zip} has more than {most} entries; take out what is no image and no list.");
            file.Position = 0;
            await using var archive =
                await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellation);
            var warnings = new List<string>();
            var entries = Check(Path.GetFileName(zip), archive, warnings);
            var held = Hold(target);
            try
            {
                if (!Directory.Exists(target)) await WriteAsync(zip, entries, target, progress, cancellation);
                return new(Inner(target), target, warnings, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (InvalidDataException fault)
        {
            throw RefusedException.Invalid($"{zip} is not a zip file, or is damaged: {fault.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw RefusedException.Invalid($"{zip} cannot be unpacked into {Root}: {fault.Message}");
        }
    }

    /// <summary>Whether two folders are the content, at two times, of one zip.</summary>
    public bool AreOfOneZip(string folder, string other) => Source(folder) is { } source && source == Source(other);

    /// <summary>Deletes what a dataset's folder was unpacked with, where it is one of a zip and nobody else uses it.</summary>
    /// <exception cref="RefusedException">It cannot be deleted.</exception>
    public void Forget(string folder, Func<string, bool> isInUse)
    {
        if (Source(folder) is not { } source) return;
        var content = Path.GetRelativePath(Root, folder).Split(Path.DirectorySeparatorChar)[1];
        var (unpacked, ofZip) = (Path.Combine(Root, source, content), Path.Combine(Root, source));
        try
        {
            lock (_held)
            {
                if (_held.ContainsKey(unpacked) || isInUse(unpacked)) return;
                if (Directory.Exists(unpacked)) Directory.Delete(unpacked, recursive: true);
                if (Directory.Exists(ofZip) && Directory.GetFileSystemEntries(ofZip).Length == 0) Directory.Delete(ofZip);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw RefusedException.Forbidden(
                $"The dataset is deleted, and {unpacked}, which its zip was unpacked into, cannot be: {fault.Message} Delete it by hand.");
        }
    }

    private Held Hold(string content)
    {
        lock (_held) _held[content] = _held.GetValueOrDefault(content) + 1;
        return new(() =>
        {
            lock (_held)
                if (--_held[content] == 0) _held.Remove(content);
        });
    }

    private string? Source(string folder) =>
        CanonicalPath.IsUnder(folder, Root) && folder.Length > Root.Length
            ? Path.GetRelativePath(Root, folder).Split(Path.DirectorySeparatorChar)[0]
            : null;

    private List<(ZipArchiveEntry Entry, string Path)> Check(string zip, ZipArchive archive, List<string> warnings)
    {
        var kept = new List<(ZipArchiveEntry Entry, string Path)>();
        var (others, large) = (new List<string>(), new List<string>());
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long bytes = 0;
        foreach (var entry in archive.Entries)
        {
            var path = entry.FullName.Replace('\\', '/');
            if (!ListedFiles.IsBelow(path) || path.Contains(':', StringComparison.Ordinal))
                throw RefusedException.Invalid($"{zip} holds '{entry.FullName}', a path that leads out of it; nothing was unpacked.");
            if (((entry.ExternalAttributes >> ModeShift) & TypeMask) == SymbolicLink)
                throw RefusedException.Invalid($"{zip} holds the symbolic link '{path}'; pack the file itself.");
            if (path.EndsWith('/') || path.Split('/').Any(part => !DatasetFiles.IsVisible(part))) continue;
            // .NET reads names as UTF-8 and replaces what is none. Which code page was meant, the zip does not say.
            if (DatasetFiles.IsMangled(path))
                throw RefusedException.Invalid(
                    $"{zip} holds '{path}', a name that is not UTF-8, so names would be lost; nothing was unpacked. Pack it again with "
                        + "names in UTF-8 (7-Zip: the parameter cu=on), or unpack it and register the folder.");
            if (entry.IsEncrypted) throw RefusedException.Invalid($"{zip} holds '{path}' encrypted; pack it without a password.");
            var isImage = DatasetFiles.IsImage(path);
            if (!isImage && !ListExtensions.Contains(Path.GetExtension(path))) { others.Add(path); continue; }
            if (isImage && entry.Length > options.Value.LargestImageBytes) { large.Add(path); continue; }
            if (!seen.Add(path)) throw RefusedException.Invalid($"{zip} holds '{path}' twice, capitals aside.");
            bytes += entry.Length;
            kept.Add((entry, path));
        }
        if (kept.Count > options.Value.MostImages)
            throw RefusedException.Invalid(
                $"{zip} holds {kept.Count} files; the limit is {options.Value.MostImages} "
                    + $"({OrchestratorOptions.Section}:MostImages).");
        if (bytes > options.Value.MostUnpackedBytes)
            throw RefusedException.Invalid(
                $"{zip} unpacks to {bytes} bytes; the limit is {options.Value.MostUnpackedBytes} "
                    + $"({OrchestratorOptions.Section}:MostUnpackedBytes).");
        if (kept.Count == 0) throw RefusedException.Invalid($"{zip} holds no images. {DatasetListing.Kinds} A zip holds one of these.");
        if (others.Count > 0)
            warnings.Add(
                $"{FileList.Summarize(others)} {(others.Count == 1 ? "is" : "are")} not unpacked: neither an image nor a list by "
                    + $"{(others.Count == 1 ? "its extension" : "their extensions")}. {DatasetFiles.ReadEndings}, "
                    + "and lists as .csv, .tsv, .json or .txt.");
        if (large.Count > 0)
            warnings.Add(
                $"{FileList.Summarize(large)} {(large.Count == 1 ? "has" : "have")} more than {options.Value.LargestImageBytes} bytes and "
                    + $"{(large.Count == 1 ? "is" : "are")} left out.");
        return kept;
    }

    // Written aside and moved into place in one step: a folder of that name is always a whole one.
    private static async Task WriteAsync(
        string zip, List<(ZipArchiveEntry Entry, string Path)> entries, string target, RegistrationProgress progress,
        CancellationToken cancellation)
    {
        var aside = $"{target}.{Guid.NewGuid():N}";
        progress.Begin(RegistrationStage.Unpacking, entries.Count);
        try
        {
            foreach (var (entry, path) in entries)
            {
                var file = Path.Combine(aside, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await using var content = await entry.OpenAsync(cancellation);
                await using var written = new FileStream(file, FileMode.CreateNew);
                await CopyAsync(content, written, entry.Length, zip, path, cancellation);
                progress.Done();
            }
            try { Directory.Move(aside, target); }
            catch (IOException) when (Directory.Exists(target)) { } // another request unpacked the same content first
        }
        finally
        {
            if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, long bytes, string zip, string path, CancellationToken cancellation)
    {
        var buffer = new byte[81_920];
        long copied = 0;
        for (int read; (read = await from.ReadAsync(buffer, cancellation)) > 0;)
        {
            copied += read;
            // .NET ends its stream at the size that the zip says; a disk that fills is no place to learn that this has
            // changed.
            if (copied > bytes) break;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        if (copied != bytes)
            throw RefusedException.Invalid(
                $"{Path.GetFileName(zip)} is damaged: '{path}' does not unpack to the {bytes} bytes that the zip says.");
    }

    // A zip of a folder holds that folder and nothing beside it.
    private static string Inner(string folder)
    {
        while (Directory.GetFileSystemEntries(folder) is [var one] && Directory.Exists(one)) folder = one;
        return folder;
    }

    private static string Short(string digest) => digest[..16];
}

/// <summary>An unpacked zip.</summary>
/// <param name="Folder">The dataset's folder.</param>
/// <param name="Root">The folder that the zip was unpacked into.</param>
/// <param name="Warnings">What was not unpacked and why.</param>
/// <param name="Held">Keeps the content until it is disposed.</param>
internal sealed record UnpackedZip(string Folder, string Root, IReadOnlyList<string> Warnings, IDisposable Held) : IDisposable
{
    public void Dispose() => Held.Dispose();
}

/// <summary>Something held until it is disposed.</summary>
internal sealed class Held(Action release) : IDisposable
{
    private Action? _release = release;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
