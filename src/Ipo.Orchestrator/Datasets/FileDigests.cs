using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Digests of files read before, in the database. A file counts as unchanged while its size and time
/// are.</summary>
internal sealed class FileDigests(Database database)
{
    /// <summary>Those of all files from one path to another, in the order of the paths' UTF-8.</summary>
    public IReadOnlyDictionary<string, FileDigest> Between(string first, string last) => database
        .Query<FileDigest>(
            "SELECT path, bytes, modified, sha256 FROM file_digests WHERE path BETWEEN @first AND @last", new { first, last })
        .ToDictionary(digest => digest.Path);

    public void Save(IEnumerable<FileDigest> digests) => database.Write(writing => writing.Execute(
        "INSERT INTO file_digests (path, bytes, modified, sha256) VALUES (@Path, @Bytes, @Modified, @Sha256) "
            + "ON CONFLICT (path) DO UPDATE SET bytes = @Bytes, modified = @Modified, sha256 = @Sha256", digests));
}

/// <summary>The digest of a file as it was.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">Its time of change, in ticks of UTC.</param>
/// <param name="Sha256">Its digest, 64 lower-case hexadecimal digits.</param>
internal sealed record FileDigest(string Path, long Bytes, long Modified, string Sha256);
