namespace Ipo.Cli.Hub;

/// <summary>Files that need no download: those that an interrupted pull finished, and those of the version that is replaced.</summary>
/// <param name="folder">Where the version that is replaced lies.</param>
/// <param name="record">The kept record; null if none was written.</param>
/// <param name="gathered">Where the files of the new one gather.</param>
internal sealed class KeptFiles(string folder, PullRecord? record, string gathered, CancellationToken cancellation)
{
    /// <summary>Whether there is a file of the right name and size.</summary>
    public bool MayHave(ChosenFile file) => Candidate(file) is not null;

    /// <summary>Finds a file by its checksum, and puts it where the others gather.</summary>
    /// <returns>Where it lies then; null where it has to be downloaded.</returns>
    public async Task<string?> FindAsync(ChosenFile file, Action<long> read)
    {
        var path = Path.Combine(gathered, file.Name);
        if (Candidate(file) is not { } found) return null;
        if (found != path) File.Copy(found, path, overwrite: true);
        if (await file.Digest.OfAsync(path, read, cancellation) == file.Digest) return path;
        File.Delete(path);
        return null;
    }

    /// <summary>Deletes what an interrupted pull of another commit left and this one does not take.</summary>
    public void DropOthers(IReadOnlyList<ChosenFile> chosen)
    {
        string[] suffixes = ["", PartialFile.Suffix, PartialFile.NoteSuffix];
        var names = chosen.SelectMany(file => suffixes.Select(suffix => file.Name + suffix)).ToHashSet();
        foreach (var path in Directory.GetFiles(gathered))
            if (!names.Contains(Path.GetFileName(path)))
                File.Delete(path);
    }

    private string? Candidate(ChosenFile file)
    {
        var path = Path.Combine(gathered, file.Name);
        if (IsOfSize(path)) return path;
        var old = Path.Combine(folder, file.Name);
        var isOld = record?.Files.Any(recorded => recorded.Name == file.Name && recorded.Digest == file.Digest.Hex) == true;
        return isOld && IsOfSize(old) ? old : null;

        bool IsOfSize(string there) => File.Exists(there) && new FileInfo(there).Length == file.Size;
    }
}
