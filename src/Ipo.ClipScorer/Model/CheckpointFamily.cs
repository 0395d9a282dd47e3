using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Families.OpenClip;
using Ipo.ClipScorer.Families.Siglip;

namespace Ipo.ClipScorer.Model;

/// <summary>The families of checkpoints, and which one a folder belongs to by its own files.</summary>
/// <param name="ModelType">What config.json names it by; open_clip's layout has no such name.</param>
/// <param name="Open">Reads a folder of the family: configuration, tokenizer,
/// preprocessing, and the weights' headers.</param>
internal sealed record CheckpointFamily(string ModelType, Func<string, ICheckpoint> Open)
{
    private const string ConfigFile = "config.json";

    private static readonly CheckpointFamily Clip = new("clip", ClipCheckpoint.Open);

    private static readonly CheckpointFamily OpenClip = new("open_clip", OpenClipLayout.Open);

    // SigLIP 2 names itself so too where its resolution is fixed.
    private static readonly CheckpointFamily Siglip = new("siglip", SiglipCheckpoint.Open);

    // Those that config.json can name.
    private static readonly CheckpointFamily[] All = [Clip, Siglip];

    /// <summary>The family of a checkpoint's folder; CLIP where config.json names none, as in
    /// configurations from before it had to. Where both layouts lie in one folder, Hugging Face's is taken, unless its
    /// weights are missing or its config.json is of another kind.</summary>
    /// <exception cref="CheckpointException">config.json is missing or damaged, or
    /// names a family that is not here.</exception>
    public static CheckpointFamily Of(string folder)
    {
        var path = Path.Combine(folder, ConfigFile);
        var hasOpenClip = OpenClipLayout.IsIn(folder);
        if (hasOpenClip && (!File.Exists(path) || !Weights.AreIn(folder))) return OpenClip;
        using var document = CheckpointFile.ReadJson(path);
        var json = new JsonSettings(path, document.RootElement);
        if (json.Find("model_cfg") is not null || json.Find("vision_cfg") is not null)
            throw new CheckpointException(
                $"{path} is an open_clip configuration under another name. Call it open_clip_config.json, as the hub does.");
        // A vision tower of timm's has a config.json of its own.
        if (hasOpenClip && json.Find("model_type") is null) return OpenClip;
        var type = json.Text("model_type", Clip.ModelType);
        return Array.Find(All, family => family.ModelType == type) ?? throw new CheckpointException(
            $"{folder} cannot be loaded: its {ConfigFile} says model_type \"{type}\", and the families known here are "
            + $"{string.Join(", ", All.Select(family => $"\"{family.ModelType}\""))}. Use a checkpoint of one of these.");
    }
}
