using System.Text.Json.Nodes;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Siglip;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Siglip;

public sealed class SiglipRefusalTests
{
    [Theory]
    [InlineData("config.json", "text_config.hidden_act", "\"gelu\"", "'text_config.hidden_act' is \"gelu\"; expected \"gelu_pytorch_tanh\"")]
    [InlineData("config.json", "vision_config.hidden_act", "\"quick_gelu\"", "'vision_config.hidden_act' is \"quick_gelu\"")]
    [InlineData("config.json", "vision_config.vision_use_head", "false", "'vision_config.vision_use_head' is false")]
    [InlineData("config.json", "vision_config.num_channels", "4", "'vision_config.num_channels' is 4; expected 3")]
    [InlineData("config.json", "vision_config.patch_size", "64", "'vision_config.patch_size' is 64; expected at most image_size, 32")]
    [InlineData("config.json", "vision_config.model_type", "\"siglip2_vision_model\"", "'vision_config.model_type' is \"siglip2_vision_model\"")]
    [InlineData("config.json", "text_config.projection_size", "48", "'text_config.projection_size' is 48; expected vision_config's hidden_size, 32")]
    [InlineData("config.json", "text_config.num_attention_heads", "3", "'text_config.num_attention_heads' is 3; expected a divisor of hidden_size, 32")]
    [InlineData("config.json", "text_config.vocab_size", "389", "has ids up to 389, and the text tower knows 389")]
    [InlineData("config.json", "text_config.max_position_embeddings", "63", "position_embedding.weight' has shape [64, 32]; expected [63, 32]")]
    [InlineData("preprocessor_config.json", "do_resize", "false", "'do_resize' is false")]
    [InlineData("preprocessor_config.json", "resample", "1", "'resample' is 1 (Pillow's Lanczos); expected 2")]
    [InlineData("preprocessor_config.json", "size.width", "33", "'size' is 32×33; expected a square")]
    [InlineData("preprocessor_config.json", "size", "{\"height\": 33, \"width\": 33}", "'size' is 33; expected 32")]
    [InlineData("preprocessor_config.json", "image_mean", "[0.5]", "'image_mean' is [0.5]; expected three numbers")]
    [InlineData("tokenizer_config.json", "pad_token", "\"<mask>\"", "'pad_token' is \"<mask>\"; expected a token of spiece.model")]
    [InlineData("tokenizer_config.json", "do_lower_case", "false", "'do_lower_case' is false")]
    public void What_is_not_computed_here_is_refused_by_its_name(string file, string setting, string value, string said)
    {
        using var copy = CheckpointCopy.OfGolden2("siglip-random").Edit(file, json =>
        {
            var parts = setting.Split('.');
            var settings = parts.Length == 1 ? json : json[parts[0]]!.AsObject();
            settings[parts[^1]] = JsonNode.Parse(value);
        });
        Assert.Contains(said, Refusal(copy), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizers_settings_cannot_be_done_without()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip-random");
        File.Delete(copy.File("tokenizer_config.json"));
        Assert.Contains("tokenizer_config.json is missing", Refusal(copy), StringComparison.Ordinal);
    }

    [Fact]
    public void Preprocessing_that_no_file_states_is_the_familys_and_is_told()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip-random");
        File.Delete(copy.File("preprocessor_config.json"));
        var checkpoint = SiglipCheckpoint.Open(copy.Path);
        Assert.Equal(SiglipPixels.Default(32).Resize, checkpoint.Pixels.Resize);
        Assert.Contains("has no preprocessor_config.json", Assert.Single(checkpoint.Assumptions), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_says_which_two_there_are()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip-random");
        File.Delete(copy.File("spiece.model"));
        Assert.Contains("neither spiece.model (SigLIP) nor tokenizer.json (SigLIP 2)", Refusal(copy), StringComparison.Ordinal);
    }

    [Fact]
    public void The_padding_is_looked_for_in_both_files_and_never_assumed()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip-random").Edit("tokenizer_config.json", json => json.Remove("pad_token"));
        Assert.Equal(1, SiglipTexts.Load(copy.Path).PadId);
        copy.Edit("special_tokens_map.json", json => json["pad_token"] = "<pad>");
        Assert.Equal(0, SiglipTexts.Load(copy.Path).PadId);
        copy.Edit("special_tokens_map.json", json => json.Remove("pad_token"));
        Assert.Contains("'pad_token' is nothing", Refusal(copy), StringComparison.Ordinal);
        File.Delete(copy.File("special_tokens_map.json"));
        Assert.Contains("'pad_token' is nothing", Refusal(copy), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_sparse_configuration_leaves_out_is_transformers_default()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip-random").Edit("config.json", json =>
        {
            json["text_config"] = new JsonObject { ["model_type"] = "siglip_text_model" };
            json.Remove("vision_config");
        });
        var config = SiglipConfig.Load(copy.Path);
        Assert.Equal((32_000, 64, 768), (config.Text.VocabularySize, config.Text.ContextLength, config.EmbeddingDimension));
        Assert.Equal((224, 16, 196), (config.Vision.ImageSize, config.Vision.PatchSize, config.Vision.Tokens));
        foreach (var shape in new[] { config.Text.Shape, config.Vision.Shape })
            Assert.Equal(new(768, 12, 12, 3072, Ipo.ClipScorer.Graphs.Activation.GeluTanh, 1e-6f), shape);
    }

    private static string Refusal(CheckpointCopy copy) => Assert.Throws<CheckpointException>(() =>
    {
        using var tower = SiglipCheckpoint.Open(copy.Path).CreateTextTower(Ipo.ClipScorer.Devices.ExecutionDevice.Cpu(1));
    }).Message;
}
