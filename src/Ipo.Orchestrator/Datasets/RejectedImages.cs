using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Images that the scorer could not decode, by its pixel pipeline's version: they are left out of samples from
/// then on, and reports name them.</summary>
internal sealed class RejectedImages(Database database)
{
    public void Save(string preprocessingVersion, IEnumerable<KeyValuePair<string, string>> reasonsBySha256)
    {
        var rows = reasonsBySha256.Select(pair => new { Sha256 = pair.Key, Version = preprocessingVersion, Reason = pair.Value }).ToList();
        if (rows.Count == 0) return;
        database.Write(writing => writing.Execute(
            "INSERT INTO rejected_images (sha256, preprocessing_version, reason) VALUES (@Sha256, @Version, @Reason) "
                + "ON CONFLICT (sha256, preprocessing_version) DO UPDATE SET reason = @Reason", rows));
    }

    /// <summary>Reasons by digest, for one version of the pixel pipeline.</summary>
    public IReadOnlyDictionary<string, string> Reasons(string preprocessingVersion) => database
        .Query<Row>("SELECT sha256, reason FROM rejected_images WHERE preprocessing_version = @preprocessingVersion",
            new { preprocessingVersion })
        .ToDictionary(row => row.Sha256, row => row.Reason);

    private sealed record Row(string Sha256, string Reason);
}
