using Ipo.ClipScorer.Checkpoints;

namespace Ipo.ClipScorer.Images;

/// <summary>The preprocessing in open_clip's configuration: preprocess_cfg in open_clip_config.json. What it leaves out
/// has open_clip's default (open_clip/transform.py, PreprocessCfg).</summary>
internal static class OpenClipPreprocessing
{
    public const string FileName = "open_clip_config.json";

    private const string Section = "preprocess_cfg";

    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="clip">CLIP's own settings for this tower, which are open_clip's defaults.</param>
    /// <exception cref="CheckpointException">It asks for what this program does not do, or for another size than the
    /// tower's.</exception>
    public static PixelSource Load(string folder, PixelSettings clip)
    {
        var path = Path.Combine(folder, FileName);
        using var document = CheckpointFile.ReadJson(path);
        var root = new JsonSettings(path, document.RootElement);
        if (root.Find(Section) is null)
            return new(clip, path, $"{path} has no {Section}; images are prepared as open_clip's usually are: {PixelSource.Words(clip)}.");
        var json = root.Section(Section);
        // The colour behind padding plays no part where nothing is padded.
        json.RequireOnly("size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color");
        if (json.Text("mode", "RGB") is var mode and not "RGB") throw json.Wrong("mode", "\"RGB\"", $"\"{mode}\"");
        if (json.Sides("size") is { } sides && (sides.Height != clip.Size || sides.Width != clip.Size))
            throw json.Wrong("size", $"{clip.Size}, the vision tower's image_size", $"{sides.Height}×{sides.Width}");
        var filter = json.Text("interpolation", "bicubic") switch
        {
            "bicubic" => ResizeFilter.Bicubic,
            "bilinear" => ResizeFilter.Bilinear,
            var other => throw json.Wrong("interpolation", "\"bicubic\" or \"bilinear\"", $"\"{other}\""),
        };
        var resize = json.Text("resize_mode", "shortest") switch
        {
            "shortest" => SquareResize.Crop(filter, clip.Size, clip.Size),
            "squash" => SquareResize.Squash(filter, clip.Size),
            var other => throw json.Wrong("resize_mode", "\"shortest\" or \"squash\"", $"\"{other}\""),
        };
        var (mean, deviation) = (json.Channels("mean", clip.Mean), json.Channels("std", clip.Deviation));
        return new(new(resize, clip.Scale, mean, deviation), path, null);
    }
}
