namespace Ipo.Orchestrator.Datasets;

/// <summary>Digests of files read before, in the database. A file counts as unchanged while its size and time are.</summary>
internal sealed class FileDigests(Database database)
{
    public IReadOnlyDictionary<string, FileDigest> Under(string folder)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        // '0' follows '/': the range is every path that starts with folder/.
        command.CommandText = "SELECT path, bytes, modified, sha256 FROM file_digests WHERE path > $folder || '/' AND path < $folder || '0'";
        command.Parameters.AddWithValue("$folder", folder);
        using var rows = command.ExecuteReader();
        var found = new Dictionary<string, FileDigest>();
        while (rows.Read()) found[rows.GetString(0)] = new(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetString(3));
        return found;
    }

    public void Keep(IEnumerable<FileDigest> digests)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO file_digests (path, bytes, modified, sha256) VALUES ($path, $bytes, $modified, $sha256)";
        foreach (var digest in digests)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$path", digest.Path);
            command.Parameters.AddWithValue("$bytes", digest.Bytes);
            command.Parameters.AddWithValue("$modified", digest.Modified);
            command.Parameters.AddWithValue("$sha256", digest.Sha256);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }
}

/// <summary>The digest of a file as it was.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">Its time of change, in ticks of UTC.</param>
/// <param name="Sha256">Its digest, 64 lower-case hexadecimal digits.</param>
internal sealed record FileDigest(string Path, long Bytes, long Modified, string Sha256);
