using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Families.Siglip;

/// <summary>SigLIP's preprocessing: both sides resized to the tower's, whatever the proportion, and the channels normalised.
/// SigLIP resizes with Pillow's bicubic filter, SigLIP 2 with its bilinear one.</summary>
internal static class SiglipPixels
{
    public const string FileName = "preprocessor_config.json";

    private const float Half = 0.5f;

    /// <summary>Reads preprocessor_config.json; what it leaves out has the default of transformers' SiglipImageProcessor.</summary>
    /// <exception cref="CheckpointException">It is missing, asks for something that is not SigLIP's preprocessing, or for
    /// another size than the tower's.</exception>
    public static PixelSettings Load(string folder, int imageSize)
    {
        var path = Path.Combine(folder, FileName);
        using var document = CheckpointFile.ReadJson(path);
        var json = new JsonSettings(path, document.RootElement);
        if (!json.Flag("do_resize", true)) throw json.Wrong("do_resize", "true, as in SigLIP's preprocessing", "false");
        if (json.Flag("do_center_crop", false)) throw json.Wrong("do_center_crop", "false, as in SigLIP's preprocessing", "true");
        var filter = (ResizeFilter)json.Integer("resample", (int)ResizeFilter.Bicubic);
        if (!Enum.IsDefined(filter))
            throw json.Wrong("resample", "2 (Pillow's bilinear, SigLIP 2) or 3 (bicubic, SigLIP)", $"{(int)filter}");
        var size = json.Section("size");
        foreach (var side in (string[])["height", "width"])
            if (size.Integer(side, imageSize) is var pixels && pixels != imageSize)
                throw size.Wrong(side, $"{imageSize}, the vision tower's image_size in config.json", $"{pixels}");
        var normalises = json.Flag("do_normalize", true);
        return new(
            SquareResize.Squash(filter, imageSize),
            json.Flag("do_rescale", true) ? json.Number("rescale_factor", 1.0 / 255) : 1.0,
            normalises ? Channels(json, "image_mean") : [0, 0, 0],
            normalises ? Channels(json, "image_std") : [1, 1, 1]);
    }

    private static float[] Channels(JsonSettings json, string name)
    {
        if (json.Find(name) is not { } value) return [Half, Half, Half];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3
            || value.EnumerateArray().Any(channel => channel.ValueKind != JsonValueKind.Number))
            throw json.Wrong(name, "three numbers", value.GetRawText());
        return [.. value.EnumerateArray().Select(channel => channel.GetSingle())];
    }
}
