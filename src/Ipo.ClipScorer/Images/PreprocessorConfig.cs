using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;

namespace Ipo.ClipScorer.Images;

/// <summary>
/// The preprocessing that a checkpoint's folder asks for. Where to look, and in which order, is transformers'
/// (image_processing_base.py, get_image_processor_dict): "image_processor" in processor_config.json, as transformers 5
/// writes it, else preprocessor_config.json. A folder with neither may have open_clip's configuration.
/// </summary>
internal static class PreprocessorConfig
{
    public const string FileName = "preprocessor_config.json";

    private const string ProcessorFile = "processor_config.json";
    private const string Nested = "image_processor";

    // By Pillow's numbers.
    private static readonly string[] Filters = ["nearest", "Lanczos", "bilinear", "bicubic", "box", "Hamming"];

    /// <summary>Reads the settings.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="family">The family's own settings for this tower: they stand for what no file says, which the
    /// result names. Their size is the tower's.</param>
    /// <exception cref="CheckpointException">A file asks for what this program does not do, or for another size than
    /// the tower's.</exception>
    public static PixelSource Load(string folder, PixelSettings family)
    {
        var processor = Path.Combine(folder, ProcessorFile);
        if (File.Exists(processor))
        {
            using var document = CheckpointFile.ReadJson(processor);
            var json = new JsonSettings(processor, document.RootElement);
            if (json.Find(Nested) is not null) return Read(json.Section(Nested), family);
        }
        var preprocessor = Path.Combine(folder, FileName);
        if (File.Exists(preprocessor))
        {
            using var document = CheckpointFile.ReadJson(preprocessor);
            return Read(new(preprocessor, document.RootElement), family);
        }
        if (File.Exists(Path.Combine(folder, OpenClipPreprocessing.FileName))) return OpenClipPreprocessing.Load(folder, family);
        // DFN's has another name.
        var alike = Directory.EnumerateFiles(folder, "preprocess*").Select(file => $"; {Path.GetFileName(file)} is not read").Order();
        return new(family, preprocessor,
            $"{folder} has no {FileName} and no {ProcessorFile}{string.Concat(alike)}; so its images are prepared as the family's "
            + $"usually are: {PixelSource.Words(family)}.");
    }

    private static PixelSource Read(JsonSettings json, PixelSettings family)
    {
        if (!json.Flag("do_resize", true)) throw json.Wrong("do_resize", "true", "false");
        var crops = json.Flag("do_center_crop", family.Resize.ShortSide is not null);
        var normalises = json.Flag("do_normalize", true);
        List<string> needed = ["size", "resample"];
        if (crops) needed.Add("crop_size");
        if (normalises) needed.AddRange(["image_mean", "image_std"]);
        var missing = needed.FindAll(name => json.Find(name) is null);
        var filter = Filter(json, family.Resize.Filter);
        var settings = new PixelSettings(
            crops ? Crop(json, filter, family.Size) : Squash(json, filter, family.Size),
            json.Flag("do_rescale", true) ? json.Number("rescale_factor", 1.0 / 255) : 1.0,
            normalises ? json.Channels("image_mean", family.Mean) : [0, 0, 0],
            normalises ? json.Channels("image_std", family.Deviation) : [1, 1, 1]);
        return new(settings, json.Path, missing.Count == 0 ? null
            : $"{json.Path} does not say {string.Join(", ", missing)}; images are prepared as the family's usually are: "
                + $"{PixelSource.Words(settings)}.");
    }

    private static SquareResize Crop(JsonSettings json, ResizeFilter filter, int towerSize)
    {
        var crop = IsObject(json, "crop_size") ? Square(json, "crop_size") : json.Integer("crop_size", towerSize);
        if (crop != towerSize) throw json.Wrong("crop_size", $"{towerSize}, the vision tower's image size", $"{crop}");
        if (IsObject(json, "size") && json.Section("size").Find("height") is not null)
            return Square(json, "size") is var side && side == crop ? SquareResize.Squash(filter, crop)
                : throw json.Wrong("size", $"a shortest_edge, or the height and width of the crop, {crop}", $"{side}");
        // Older files have a plain number where newer ones name the side.
        var shortSide = IsObject(json, "size") ? json.Section("size").Integer("shortest_edge") : json.Integer("size", towerSize);
        return shortSide >= crop ? SquareResize.Crop(filter, shortSide, crop)
            : throw json.Wrong("size", $"at least the crop_size, {crop}", $"{shortSide}");
    }

    private static SquareResize Squash(JsonSettings json, ResizeFilter filter, int towerSize)
    {
        if (json.Find("size") is not { } size) return SquareResize.Squash(filter, towerSize);
        if (!IsObject(json, "size") || json.Section("size").Find("height") is null)
            throw json.Wrong("size", "height and width, since nothing is cut off (do_center_crop)", size.GetRawText());
        return Square(json, "size") is var side && side == towerSize ? SquareResize.Squash(filter, side)
            : throw json.Wrong("size", $"{towerSize}, the vision tower's image size", $"{side}");
    }

    private static bool IsObject(JsonSettings json, string name) => json.Find(name) is { ValueKind: JsonValueKind.Object };

    private static int Square(JsonSettings json, string name)
    {
        var sides = json.Section(name);
        var (height, width) = (sides.Integer("height"), sides.Integer("width"));
        return height == width ? height : throw json.Wrong(name, "a square", $"{height}×{width}");
    }

    private static ResizeFilter Filter(JsonSettings json, ResizeFilter otherwise)
    {
        var number = json.Integer("resample", (int)otherwise);
        if (Enum.IsDefined((ResizeFilter)number)) return (ResizeFilter)number;
        var words = number >= 0 && number < Filters.Length ? $"{number} (Pillow's {Filters[number]})" : $"{number}";
        throw json.Wrong("resample", "2 (Pillow's bilinear) or 3 (its bicubic)", words);
    }
}
