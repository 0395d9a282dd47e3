using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Families.OpenClip;

/// <summary>CLIP as open_clip lays it out (mlfoundations/open_clip): open_clip_config.json, its weights under open_clip's
/// names, vocab.json with merges.txt. Towers, tokenizer and head are CLIP's.</summary>
internal static class OpenClipLayout
{
    /// <summary>Whether a folder has open_clip's configuration.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, OpenClipPreprocessing.FileName));

    /// <exception cref="CheckpointException">A file is missing or damaged, asks for what is not known here, or the files
    /// do not belong together.</exception>
    public static ClipCheckpoint Open(string folder)
    {
        var config = OpenClipConfig.Load(folder);
        var pixels = OpenClipPreprocessing.Load(folder, ClipPixels.Default(config.Vision.ImageSize));
        return new(folder, pixels.File, config, OpenClipWeights.Open(folder, config), pixels);
    }
}
