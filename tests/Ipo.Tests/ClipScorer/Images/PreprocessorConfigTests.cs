using System.Text.Json;
using System.Text.Json.Nodes;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Images;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.ClipScorer.Images;

public sealed class PreprocessorConfigTests : IDisposable
{
    private const string Goldens = "data/goldens2/processor-config";

    private readonly TempFolder _folder = new();

    private static readonly (string Settings, string Message)[] Refused =
    [
        ("""{"resample": 1}""", "'resample' is 1 (Pillow's Lanczos); expected 2 (Pillow's bilinear) or 3 (its bicubic)"),
        ("""{"resample": 0}""", "'resample' is 0 (Pillow's nearest)"),
        ("""{"resample": 9}""", "'resample' is 9; expected"),
        ("""{"do_resize": false}""", "'do_resize' is false; expected true"),
        ("""{"size": {"height": 224, "width": 200}, "do_center_crop": false}""", "'size' is 224×200; expected a square"),
        ("""{"size": {"height": 256, "width": 256}, "do_center_crop": false}""", "'size' is 256; expected 224, the vision tower's image size"),
        ("""{"size": {"height": 256, "width": 256}}""", "'size' is 256; expected a shortest_edge, or the height and width of the crop, 224"),
        ("""{"size": {"shortest_edge": 224}, "do_center_crop": false}""", "expected height and width, since nothing is cut off (do_center_crop)"),
        ("""{"size": 200}""", "'size' is 200; expected at least the crop_size, 224"),
        ("""{"size": {"longest_edge": 224}}""", "'size.shortest_edge' is nothing; expected a whole number"),
        ("""{"crop_size": {"height": 200, "width": 200}}""", "'crop_size' is 200; expected 224, the vision tower's image size"),
        ("""{"image_std": 0.5}""", "'image_std' is 0.5; expected three numbers"),
    ];

    public static TheoryData<int> Refusals => [.. Enumerable.Range(0, Refused.Length)];

    [Fact]
    public void Reads_what_transformers_reads()
    {
        var cases = JsonElement.Parse(File.ReadAllText(Shared.Path($"{Goldens}/expected.json"))).EnumerateArray().ToList();
        foreach (var expected in cases)
        {
            var name = expected.GetProperty("case").GetString()!;
            var folder = Shared.Path($"{Goldens}/{name}");
            var size = expected.GetProperty("size");
            var crops = expected.GetProperty("do_center_crop").GetBoolean();
            var tower = (crops ? expected.GetProperty("crop_size") : size).GetProperty("height").GetInt32();
            var filter = (ResizeFilter)expected.GetProperty("resample").GetInt32();

            var found = PreprocessorConfig.Load(folder, crops ? ClipPixels.Default(tower) : Squashed(tower));

            Assert.True(found.Assumption is null, $"{name}: {found.Assumption}");
            Assert.Equal(crops ? SquareResize.Crop(filter, size.GetProperty("shortest_edge").GetInt32(), tower) : SquareResize.Squash(filter, tower), found.Settings.Resize);
            Assert.Equal(expected.GetProperty("rescale_factor").GetDouble(), found.Settings.Scale);
            Assert.Equal(expected.GetProperty("image_mean").EnumerateArray().Select(channel => channel.GetSingle()), found.Settings.Mean);
            Assert.Equal(expected.GetProperty("image_std").EnumerateArray().Select(channel => channel.GetSingle()), found.Settings.Deviation);
            Assert.Equal(name is "preprocessor-2021" or "processor-config-without-image-processor" ? "preprocessor_config.json" : "processor_config.json", Path.GetFileName(found.File));
        }
        Assert.Equal(9, cases.Count);
    }

    [Fact]
    public void A_folder_that_says_nothing_is_said_to_and_named_so()
    {
        var found = PreprocessorConfig.Load(_folder.Path, ClipPixels.Default(224));
        Assert.Equal(ClipPixels.Default(224).Resize, found.Settings.Resize);
        Assert.Equal(
            $"{_folder.Path} has no preprocessor_config.json and no processor_config.json; so its images are prepared as the family's usually are: "
            + "short side to 224 pixels, Bicubic, the centre 224 cut out, mean 0.48145467/0.4578275/0.40821072, deviation 0.26862955/0.2613026/0.2757771.",
            found.Assumption);
    }

    [Fact]
    public void A_file_of_another_name_is_named()
    {
        _folder.Write("preprocessor.cfg", "{}");
        Assert.Contains("and no processor_config.json; preprocessor.cfg is not read; so its images", PreprocessorConfig.Load(_folder.Path, ClipPixels.Default(224)).Assumption, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_file_leaves_out_is_named()
    {
        Write(new() { ["size"] = 256, ["image_mean"] = new JsonArray(0.1, 0.2, 0.3) });
        var found = PreprocessorConfig.Load(_folder.Path, ClipPixels.Default(224));
        Assert.Contains("does not say resample, crop_size, image_std; ", found.Assumption, StringComparison.Ordinal);
        Assert.Equal(SquareResize.Crop(ResizeFilter.Bicubic, 256, 224), found.Settings.Resize);
        Assert.Equal([0.1f, 0.2f, 0.3f], found.Settings.Mean);
    }

    [Fact]
    public void Without_transformers_files_open_clip_s_count()
    {
        _folder.Write("open_clip_config.json", """{"preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.4, 0.4, 0.4], "interpolation": "bilinear", "resize_mode": "squash"}}"""u8.ToArray());
        var found = PreprocessorConfig.Load(_folder.Path, ClipPixels.Default(378));
        Assert.Null(found.Assumption);
        Assert.Equal(SquareResize.Squash(ResizeFilter.Bilinear, 378), found.Settings.Resize);
        Assert.Equal([0.4f, 0.4f, 0.4f], found.Settings.Deviation);
        Assert.EndsWith("open_clip_config.json", found.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crop_of_the_whole_squashed_image_is_a_squash()
    {
        Write(new() { ["size"] = new JsonObject { ["height"] = 224, ["width"] = 224 }, ["crop_size"] = 224 });
        Assert.Equal(SquareResize.Squash(ResizeFilter.Bicubic, 224), PreprocessorConfig.Load(_folder.Path, ClipPixels.Default(224)).Settings.Resize);
    }

    [Fact]
    public void Without_rescaling_and_normalising_a_byte_is_itself()
    {
        Write(new() { ["do_rescale"] = false, ["do_normalize"] = false });
        Assert.Equal(Enumerable.Range(0, 256).Select(value => (float)value), PreprocessorConfig.Load(_folder.Path, ClipPixels.Default(224)).Settings.Normalised()[..256]);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refuses_what_it_would_not_do_as_asked(int index)
    {
        Write(JsonNode.Parse(Refused[index].Settings)!.AsObject());
        var error = Assert.Throws<CheckpointException>(() => PreprocessorConfig.Load(_folder.Path, ClipPixels.Default(224))).Message;
        Assert.Contains(Refused[index].Message, error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static PixelSettings Squashed(int size) => new(SquareResize.Squash(ResizeFilter.Bicubic, size), 1.0 / 255, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    private void Write(JsonObject settings) => _folder.Write("preprocessor_config.json", System.Text.Encoding.UTF8.GetBytes(settings.ToJsonString()));
}
