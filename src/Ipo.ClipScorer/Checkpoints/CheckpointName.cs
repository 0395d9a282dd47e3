namespace Ipo.ClipScorer.Checkpoints;

/// <summary>What a checkpoint is called: as its folder; in the cache of a hub's own tools, where that folder is a commit
/// (models--openai--clip-vit-base-patch16/snapshots/COMMIT), as the model: openai/clip-vit-base-patch16.</summary>
internal static class CheckpointName
{
    private const string Repository = "models--", Snapshots = "snapshots";

    public static string Of(string folder)
    {
        var path = Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder));
        var snapshots = Path.GetDirectoryName(path);
        var model = Path.GetFileName(Path.GetDirectoryName(snapshots));
        return Path.GetFileName(snapshots) == Snapshots && model?.StartsWith(Repository, StringComparison.Ordinal) == true
            ? model[Repository.Length..].Replace("--", "/", StringComparison.Ordinal)
            : Path.GetFileName(path);
    }
}
