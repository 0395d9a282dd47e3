using System.Globalization;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Counts looks at test images. An accuracy on images that many have looked at and chosen by is worth less, so reports
/// say how many looks there were before.</summary>
internal sealed class TestLooks(Database database, TimeProvider clock)
{
    /// <summary>Keeps a look; the same one again is no second look.</summary>
    /// <param name="datasetDigest">The dataset as it stood.</param>
    /// <param name="who">A run's id, or what else looked.</param>
    public void Keep(string datasetDigest, string who)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR IGNORE INTO test_looks (dataset_digest, who, at) VALUES ($digest, $who, $at)";
        command.Parameters.AddWithValue("$digest", datasetDigest);
        command.Parameters.AddWithValue("$who", who);
        command.Parameters.AddWithValue("$at", clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        command.ExecuteNonQuery();
    }

    /// <summary>Keeps a look by hand: every one counts.</summary>
    public void KeepByHand(string datasetDigest) => Keep(datasetDigest, $"by hand {Guid.NewGuid()}");

    /// <summary>Looks so far that are not this run's own.</summary>
    public int Before(string datasetDigest, string runId)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM test_looks WHERE dataset_digest = $digest AND who <> $who";
        command.Parameters.AddWithValue("$digest", datasetDigest);
        command.Parameters.AddWithValue("$who", runId);
        return (int)(long)command.ExecuteScalar()!;
    }
}
