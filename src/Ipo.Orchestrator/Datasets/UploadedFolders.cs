using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Uploads;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Makes of uploaded files the folder or the zip that a dataset is registered from, under the data directory,
/// once for each content.</summary>
internal sealed class UploadedFolders(IContentStore store, IOptions<OrchestratorOptions> options)
{
    private string Root => CanonicalPath.Of(Path.Combine(UploadsFolder.Of(options.Value), "datasets"));

    /// <summary>The folder or zip of an upload.</summary>
    /// <param name="sha256">Digest of a zip, or of a manifest whose files are there.</param>
    /// <exception cref="RefusedException">It is not there, is neither, or files of it are lacking.</exception>
    public string Assemble(string sha256)
    {
        Sha256Text.Check("upload", sha256);
        var folder = Path.Combine(Root, sha256);
        if (Directory.Exists(folder)) return Place(folder);
        if (!store.Has(sha256))
            throw RefusedException.NotFound("upload", sha256, $"There is no uploaded file '{sha256}'; send it with UploadFiles.");
        var files = IsZip(sha256) ? [("upload.zip", sha256)] : ReadManifest(sha256);
        var missing = files.Where(file => !store.Has(file.Sha256)).Select(file => file.Path).ToList();
        if (missing.Count > 0)
            throw RefusedException.Forbidden(
                $"{missing.Count} of {files.Count} files of the manifest are lacking: {FileList.Summarize(missing)}. Send them with "
                    + "UploadFiles; FindMissingFiles lists what is lacking.");
        // Made aside and moved into place in one step: a folder of that name is always a whole one.
        var aside = $"{folder}.{Guid.NewGuid():N}";
        try
        {
            try
            {
                foreach (var (path, digest) in files) store.PlaceAt(digest, Path.Combine(aside, path));
            }
            catch (IOException fault) // a name that is too long, or one that is a file and a folder
            {
                throw RefusedException.InvalidField("upload", $"is a manifest whose files cannot be laid out here: {fault.Message}");
            }
            try { Directory.Move(aside, folder); }
            catch (IOException) when (Directory.Exists(folder)) { } // another request made the same first
        }
        finally
        {
            if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        }
        return Place(folder);
    }

    /// <summary>Whether a folder was made of an upload.</summary>
    public bool IsOne(string folder) => folder.Length > Root.Length && CanonicalPath.IsUnder(folder, Root);

    /// <summary>Deletes what a dataset's folder was made of, where it is one of an upload and nobody else uses it.</summary>
    /// <exception cref="RefusedException">It cannot be deleted.</exception>
    public void Forget(string folder, Func<string, bool> isInUse)
    {
        if (!IsOne(folder)) return;
        var made = Path.Combine(Root, Path.GetRelativePath(Root, folder).Split(Path.DirectorySeparatorChar)[0]);
        if (isInUse(made) || !Directory.Exists(made)) return;
        try { Directory.Delete(made, recursive: true); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw RefusedException.Forbidden(
                $"The dataset is deleted, and its files in {made} cannot be: {fault.Message} Delete them by hand.");
        }
    }

    private static string Place(string folder) =>
        Directory.GetFileSystemEntries(folder) is [var one] && ZipFiles.IsZip(one) ? one : folder;

    private IReadOnlyList<(string Path, string Sha256)> ReadManifest(string sha256)
    {
        using var content = store.OpenRead(sha256);
        return Manifest.Read(content, options.Value.MostImages);
    }

    private bool IsZip(string sha256)
    {
        using var content = store.OpenRead(sha256);
        var head = new byte[4];
        return content.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4 && head.AsSpan().SequenceEqual("PK\u0003\u0004"u8);
    }
}
