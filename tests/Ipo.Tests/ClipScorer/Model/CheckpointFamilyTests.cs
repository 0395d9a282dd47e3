using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Model;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed class CheckpointFamilyTests
{
    [Fact]
    public void A_family_that_is_not_known_is_refused_by_the_folder_what_it_says_and_what_is_known()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json => json["model_type"] = "blip");
        Assert.Equal(
            $"{copy.Path} cannot be loaded: its config.json says model_type \"blip\", and the families known here are \"clip\", \"siglip\". "
            + "Use a checkpoint of one of these.",
            Refusal(copy.Path));
    }

    [Theory]
    [InlineData("siglip-random")]
    [InlineData("siglip2-random")] // SigLIP 2 of a fixed resolution names itself as SigLIP does
    public void Siglip_is_known_by_its_name(string folder) =>
        Assert.Equal("siglip", CheckpointFamily.Of(Shared.Path($"data/goldens2/{folder}")).ModelType);

    [Fact]
    public void Siglip_2_of_variable_resolution_is_refused_by_its_name()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip2-random").Edit("config.json", json => json["model_type"] = "siglip2");
        Assert.Contains("says model_type \"siglip2\"", Refusal(copy.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_names_no_family_is_clip_s()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json => json.Remove("model_type"));
        Assert.Equal("clip", CheckpointFamily.Of(copy.Path).ModelType);
    }

    [Theory]
    [InlineData("openclip-random/quickgelu-bin", "open_clip")]
    [InlineData("clip-bin-random/zip", "clip")]
    public void A_layout_is_known_by_its_files(string folder, string family) =>
        Assert.Equal(family, CheckpointFamily.Of(Shared.Path($"data/goldens2/{folder}")).ModelType);

    [Fact]
    public void Where_both_layouts_lie_in_one_folder_hugging_face_s_is_taken_unless_it_is_not_whole()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        File.WriteAllText(copy.File("open_clip_config.json"), "{}");
        Assert.Equal("clip", CheckpointFamily.Of(copy.Path).ModelType);
        // A vision tower of timm's has a config.json without a family, and a model.safetensors of its own.
        copy.Edit("config.json", json => json.Remove("model_type"));
        Assert.Equal("open_clip", CheckpointFamily.Of(copy.Path).ModelType);
        copy.Edit("config.json", json => json["model_type"] = "clip");
        File.Delete(copy.File("model.safetensors"));
        Assert.Equal("open_clip", CheckpointFamily.Of(copy.Path).ModelType);
    }

    private static string Refusal(string folder) =>
        Assert.Throws<CheckpointException>(() => CheckpointFamily.Of(folder)).Message;
}
