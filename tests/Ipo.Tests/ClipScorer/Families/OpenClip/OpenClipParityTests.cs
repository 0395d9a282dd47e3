using System.Text.Json;
using Ipo.ClipScorer.Families.OpenClip;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.Tests.ClipScorer.Images;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.OpenClip;

/// <summary>open_clip's own layout against open_clip's model code.</summary>
public sealed class OpenClipParityTests
{
    public static TheoryData<string> Folders => ["customtext-bias-safetensors", "gelu-safetensors", "gelu-squash-fp16-safetensors", "quickgelu-bin"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_checkpoint_of_open_clip_gives_what_open_clip_gives(string folder)
    {
        var path = Shared.Path($"data/goldens2/openclip-random/{folder}");
        using var model = EmbeddingModel.Load(path, new ModelOptions { Device = DeviceChoice.Cpu });
        var config = OpenClipConfig.Load(path);
        ReferenceOutputs.Of(Path.Combine(path, "expected.json")).Hold(folder, model, config, OpenClipWeights.Open(path, config));
        if (folder == "customtext-bias-safetensors") Assert.Contains("has a logit_bias", Assert.Single(model.Assumptions), StringComparison.Ordinal);
        else Assert.Empty(model.Assumptions);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_picture_goes_the_whole_way(string folder)
    {
        var path = Shared.Path($"data/goldens2/openclip-random/{folder}");
        using var model = EmbeddingModel.Load(path, new ModelOptions { Device = DeviceChoice.Cpu });
        var pictures = JsonElement.Parse(File.ReadAllText(Path.Combine(path, "expected.json"))).GetProperty("pictures").EnumerateArray().ToList();
        var largest = 0.0;
        foreach (var picture in pictures)
        {
            var image = new byte[model.Preprocessor.ValuesPerImage];
            model.Preprocessor.Crop(Png(picture), image);
            var pixels = new float[image.Length];
            model.Preprocessor.Normalise(image, pixels);
            foreach (var value in picture.GetProperty("pixel_values").EnumerateArray())
                Assert.Equal(value.GetProperty("value").GetSingle(), pixels[(Number(value, "c") * model.Preprocessor.Size + Number(value, "y")) * model.Preprocessor.Size + Number(value, "x")], 6);
            var found = new float[model.Facts.EmbeddingDimension];
            model.EncodeImages(image, 1, found, TestContext.Current.CancellationToken);
            largest = Math.Max(largest, ReferenceOutputs.LargestDifference(ReferenceOutputs.Unit(picture.GetProperty("embed")), found));
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{folder}: {pictures.Count} pictures, largest error {largest:G3}.");
        Assert.NotEmpty(pictures);
        Assert.InRange(largest, 0, 1e-5);
    }

    private static int Number(JsonElement entry, string name) => entry.GetProperty(name).GetInt32();

    private static byte[] Png(JsonElement picture)
    {
        var (width, height) = (Number(picture, "width"), Number(picture, "height"));
        using var decoded = FormulaPicture.Make(width, height, picture.GetProperty("seed").GetUInt64());
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        decoded.Pixels[..(width * height * 4)].CopyTo(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
