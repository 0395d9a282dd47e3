using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>CLIP's preprocessing: the short side resized, the centre cut out, the channels normalised.</summary>
internal static class ClipPixels
{
    public const string FileName = "preprocessor_config.json";

    private const int PillowBicubic = 3;

    /// <summary>CLIP's own settings (openai/CLIP, clip/clip.py, _transform) for a tower of this image size.</summary>
    public static PixelSettings Default(int imageSize) => new(SquareResize.Crop(ResizeFilter.Bicubic, imageSize, imageSize), 1.0 / 255,
        [0.48145466f, 0.4578275f, 0.40821073f], [0.26862954f, 0.26130258f, 0.27577711f]);

    /// <summary>Reads preprocessor_config.json; CLIP's own settings stand for what it
    /// leaves out, or where there is none.</summary>
    /// <exception cref="CheckpointException">It asks for something that is not CLIP's preprocessing, or for
    /// another size than the tower's.</exception>
    public static PixelSettings Load(string folder, int imageSize)
    {
        var path = Path.Combine(folder, FileName);
        var clip = Default(imageSize);
        if (!File.Exists(path)) return clip;
        using var document = CheckpointFile.ReadJson(path);
        var json = new JsonSettings(path, document.RootElement);
        Require(json.Flag("do_resize", true), "do_resize");
        Require(json.Flag("do_center_crop", true), "do_center_crop");
        if (json.Integer("resample", PillowBicubic) is var filter and not PillowBicubic)
            throw json.Wrong("resample", $"{PillowBicubic} (Pillow's bicubic), the filter CLIP was trained with", $"{filter}");
        var shortSide = Side(json, "size", "shortest_edge", imageSize);
        var crop = Side(json, "crop_size", "height", imageSize);
        if (crop != imageSize) throw json.Wrong("crop_size", $"{imageSize}, the vision tower's image_size in config.json", $"{crop}");
        if (shortSide < crop) throw json.Wrong("size", $"at least the crop_size, {crop}", $"{shortSide}");
        var normalises = json.Flag("do_normalize", true);
        return new(
            SquareResize.Crop(ResizeFilter.Bicubic, shortSide, crop),
            json.Flag("do_rescale", true) ? json.Number("rescale_factor", clip.Scale) : 1.0,
            normalises ? Channels(json, "image_mean", clip.Mean) : [0, 0, 0],
            normalises ? Channels(json, "image_std", clip.Deviation) : [1, 1, 1]);

        void Require(bool set, string name)
        {
            if (!set) throw json.Wrong(name, "true, as in CLIP's preprocessing", "false");
        }
    }

    // Older files have a plain number where newer ones name the side.
    private static int Side(JsonSettings json, string name, string side, int otherwise) =>
        json.Find(name) is { ValueKind: JsonValueKind.Object } sides
            ? new JsonSettings(json.Path, sides, name).Integer(side)
            : json.Integer(name, otherwise);

    private static float[] Channels(JsonSettings json, string name, IReadOnlyList<float> otherwise)
    {
        if (json.Find(name) is not { } value) return [.. otherwise];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3
            || value.EnumerateArray().Any(channel => channel.ValueKind != JsonValueKind.Number))
            throw json.Wrong(name, "three numbers", value.GetRawText());
        return [.. value.EnumerateArray().Select(channel => channel.GetSingle())];
    }
}
