namespace Ipo.Orchestrator.Datasets;

/// <summary>Images that the scorer could not decode, by its pixel pipeline's version: they are left out of samples from then on, and
/// reports name them.</summary>
internal sealed class RejectedImages(Database database)
{
    public void Keep(string preprocessingVersion, IEnumerable<KeyValuePair<string, string>> reasonsBySha256)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var (sha256, reason) in reasonsBySha256)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT OR REPLACE INTO rejected_images (sha256, preprocessing_version, reason) VALUES ($sha256, $version, $reason)";
            command.Parameters.AddWithValue("$sha256", sha256);
            command.Parameters.AddWithValue("$version", preprocessingVersion);
            command.Parameters.AddWithValue("$reason", reason);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    /// <summary>Reasons by digest, for one version of the pixel pipeline.</summary>
    public IReadOnlyDictionary<string, string> Of(string preprocessingVersion)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sha256, reason FROM rejected_images WHERE preprocessing_version = $version";
        command.Parameters.AddWithValue("$version", preprocessingVersion);
        using var rows = command.ExecuteReader();
        var reasons = new Dictionary<string, string>();
        while (rows.Read()) reasons[rows.GetString(0)] = rows.GetString(1);
        return reasons;
    }
}
