namespace Ipo.Orchestrator.Datasets;

/// <summary>The names that people give to the three splits, as folders and in tables, capitals aside.</summary>
internal static class SplitNames
{
    private static readonly Dictionary<string, DatasetSplit> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = DatasetSplit.Train,
        ["training"] = DatasetSplit.Train,
        ["val"] = DatasetSplit.Validation,
        ["valid"] = DatasetSplit.Validation,
        ["validation"] = DatasetSplit.Validation,
        ["dev"] = DatasetSplit.Validation,
        ["test"] = DatasetSplit.Test,
        ["testing"] = DatasetSplit.Test,
    };

    private static readonly HashSet<string> Alike = new(
        ["trn", "trainset", "trainval", "valset", "eval", "evaluation", "holdout", "tst", "testset", "unlabeled", "unlabelled"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>All names, for messages.</summary>
    public const string List = "train or training, val, valid, validation or dev, test or testing, in any case";

    /// <summary>The split of a name; null for any other name.</summary>
    public static DatasetSplit? Of(string name) => Known.TryGetValue(name, out var split) ? split : null;

    /// <summary>Whether a name is like that of a split and is none, for instance "train2017", "seg_test" or "eval".</summary>
    public static bool LooksLikeOne(string name) => Of(name) is null
        && new string([.. name.Select(letter => char.IsLetter(letter) ? letter : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(word => Known.ContainsKey(word) || Alike.Contains(word));
}
