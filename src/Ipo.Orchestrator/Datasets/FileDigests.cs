using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Digests of files read before, in the database. A file counts as unchanged while its size and time
/// are.</summary>
internal sealed class FileDigests(Database database)
{
    public IReadOnlyDictionary<string, FileDigest> Under(string folder) => database
        // '0' follows '/': the range is every path that starts with folder/.
        .Query<FileDigest>(
            "SELECT path, bytes, modified, sha256 FROM file_digests WHERE path > @folder || '/' AND path < @folder || '0'", new { folder })
        .ToDictionary(digest => digest.Path);

    public void Save(IEnumerable<FileDigest> digests) => database.Write(writing => writing.Execute(
        "INSERT OR REPLACE INTO file_digests (path, bytes, modified, sha256) VALUES (@Path, @Bytes, @Modified, @Sha256)", digests));
}

/// <summary>The digest of a file as it was.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">Its time of change, in ticks of UTC.</param>
/// <param name="Sha256">Its digest, 64 lower-case hexadecimal digits.</param>
internal sealed record FileDigest(string Path, long Bytes, long Modified, string Sha256);
