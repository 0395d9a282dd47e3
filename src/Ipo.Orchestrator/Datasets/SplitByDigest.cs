namespace Ipo.Orchestrator.Datasets;

/// <summary>Makes the splits where a folder has none: in each class, images in the order of their digests, the first
/// half for training, the next fifth for validation, the rest for testing (the shares of CoOp's own splits: 50, 20 and
/// 30 %). Content alone decides, so everybody who has the images gets the same splits.
/// </summary>
internal static class SplitByDigest
{
    /// <summary>Splits the images of one class.</summary>
    /// <param name="sha256s">Digests of the images, each once.</param>
    public static IReadOnlyDictionary<string, DatasetSplit> Of(IReadOnlyCollection<string> sha256s)
    {
        var (train, validation) = Counts(sha256s.Count);
        return sha256s.Order(StringComparer.Ordinal)
            .Select((sha256, index) =>
                (sha256, split: index < train ? DatasetSplit.Train : index < train + validation ? DatasetSplit.Validation
                    : DatasetSplit.Test))
            .ToDictionary(pair => pair.sha256, pair => pair.split);
    }

    // Small classes: the first image trains, the second tests, the third validates; no split takes another's last
    // image.
    private static (int Train, int Validation) Counts(int images) => images switch
    {
        1 => (1, 0),
        2 => (1, 0),
        _ => (Math.Max(1, images / 2), Math.Max(1, images / 5)),
    };
}
