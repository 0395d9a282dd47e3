using System.Globalization;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Counts looks at test images. An accuracy on images that many have looked at and chosen by is worth less, so
/// reports say how many looks of the tenant there were before.</summary>
internal sealed class TestAccessLog(Database database, TimeProvider clock)
{
    /// <summary>Records a look; the same one again is no second look.</summary>
    /// <param name="datasetDigest">The dataset as it stood.</param>
    /// <param name="who">A run's id, or what else looked.</param>
    public void Record(string datasetDigest, string who) => database.Write(writing => writing.Execute(
        "INSERT INTO test_looks (tenant, dataset_digest, who, at) VALUES (@tenant, @datasetDigest, @who, @at) ON CONFLICT DO NOTHING",
        new { tenant = Tenant.Current, datasetDigest, who, at = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) }));

    /// <summary>The name of a look by hand: every one counts.</summary>
    public static string ByHand() => $"by hand {Guid.NewGuid()}";

    /// <summary>Looks so far that are not this run's own.</summary>
    public int CountBefore(string datasetDigest, string runId) => database.Scalar<int>(
        "SELECT COUNT(*) FROM test_looks WHERE tenant = @tenant AND dataset_digest = @datasetDigest AND who <> @runId",
        new { tenant = Tenant.Current, datasetDigest, runId });
}
