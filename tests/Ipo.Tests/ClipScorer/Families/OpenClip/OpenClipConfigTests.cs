using System.Text.Json.Nodes;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.OpenClip;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Model;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.OpenClip;

public sealed class OpenClipConfigTests : IDisposable
{
    private const string File = "open_clip_config.json";

    private readonly TempFolder _folder = new();

    private static readonly (string What, Action<JsonObject> Change, string Message)[] Refused =
    [
        ("a ResNet", json => Vision(json)["layers"] = new JsonArray(3, 4, 6, 3), "'vision_cfg.layers' is a list; expected a whole number: a vision transformer, not a ResNet"),
        ("a tower of timm's", json => Vision(json)["timm_model_name"] = "vit_base", "'vision_cfg.timm_model_name' is \"vit_base\"; expected nothing: this setting is not known here"),
        ("no normalisation in front", json => Vision(json)["no_ln_pre"] = true, "'vision_cfg.no_ln_pre' is true; expected nothing"),
        ("another pooling", json => Vision(json)["pool_type"] = "avg", "'vision_cfg.pool_type' is \"avg\"; expected \"tok\""),
        ("another tokenizer", json => Text(json)["hf_tokenizer_name"] = "timm/ViT", "'text_cfg.hf_tokenizer_name' is \"timm/ViT\"; expected nothing"),
        ("no causal mask", json => Text(json)["no_causal_mask"] = true, "'text_cfg.no_causal_mask' is true; expected nothing"),
        ("a setting from later years", json => json["model_cfg"]!["quantum"] = 1, "'model_cfg.quantum' is 1; expected nothing"),
        ("no dimension", json => ((JsonObject)json["model_cfg"]!).Remove("embed_dim"), "'model_cfg.embed_dim' is nothing; expected a whole number"),
        ("no model", json => json.Remove("model_cfg"), "'model_cfg' is nothing; expected the model's configuration"),
        ("heads that do not divide", json => Text(json)["heads"] = 7, "'text_cfg.heads' is 7 heads; expected heads that divide the width, 512"),
        ("no square", json => Vision(json)["image_size"] = new JsonArray(224, 256), "'vision_cfg.image_size' is 224×256; expected a square"),
        ("another filter", json => json["preprocess_cfg"]!["interpolation"] = "random", "'preprocess_cfg.interpolation' is \"random\"; expected \"bicubic\" or \"bilinear\""),
        ("padding", json => json["preprocess_cfg"]!["resize_mode"] = "longest", "'preprocess_cfg.resize_mode' is \"longest\"; expected \"shortest\" or \"squash\""),
        ("another size of images", json => json["preprocess_cfg"]!["size"] = 256, "'preprocess_cfg.size' is 256×256; expected 224"),
        ("more preprocessing", json => json["preprocess_cfg"]!["sharpen"] = true, "'preprocess_cfg.sharpen' is true; expected nothing"),
    ];

    public static TheoryData<string> Refusals => [.. Refused.Select(refused => refused.What)];

    [Fact]
    public void What_is_left_out_has_open_clip_s_default_and_the_activation_is_the_exact_one()
    {
        Write(_ => { });
        Assert.Equal(
            new(512, new(new(512, 12, 8, 2048, Activation.Gelu, 1e-5f), 49_408, 77, 49_407), new(new(768, 12, 12, 3072, Activation.Gelu, 1e-5f), 224, 16)),
            OpenClipConfig.Load(_folder.Path));
    }

    [Fact]
    public void What_is_stated_counts()
    {
        Write(json =>
        {
            json["model_cfg"]!["quick_gelu"] = true;
            json["model_cfg"]!["vision_cfg"] = new JsonObject { ["image_size"] = new JsonArray(336, 336), ["layers"] = 24, ["width"] = 1024, ["head_width"] = 128, ["patch_size"] = 14, ["mlp_ratio"] = 4.3637, ["ls_init_value"] = null, ["patch_dropout"] = 0.5 };
            json["model_cfg"]!["text_cfg"] = new JsonObject { ["context_length"] = 64, ["vocab_size"] = 32_000, ["width"] = 768, ["heads"] = 12, ["layers"] = 6, ["norm_kwargs"] = new JsonObject(), ["embed_cls"] = false };
        });
        Assert.Equal(
            new(512, new(new(768, 6, 12, 3072, Activation.QuickGelu, 1e-5f), 32_000, 64, 31_999), new(new(1024, 24, 8, 4468, Activation.QuickGelu, 1e-5f), 336, 14)),
            OpenClipConfig.Load(_folder.Path));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refuses_what_would_be_another_model(string what)
    {
        var (_, change, message) = Refused.Single(refused => refused.What == what);
        Write(change);
        var error = Assert.Throws<CheckpointException>(() => OpenClipLayout.Open(_folder.Path)).Message;
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_weights_says_which_are_read()
    {
        Write(_ => { });
        _folder.Write("model.pt", [1]);
        Assert.Contains(
            "open_clip_model.safetensors is missing, and so is open_clip_pytorch_model.bin. The folder holds model.pt, which is not read under that name.",
            Assert.Throws<CheckpointException>(() => CheckpointFamily.Of(_folder.Path).Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(Action<JsonObject> change)
    {
        var json = new JsonObject
        {
            ["model_cfg"] = new JsonObject { ["embed_dim"] = 512, ["vision_cfg"] = new JsonObject(), ["text_cfg"] = new JsonObject() },
            ["preprocess_cfg"] = new JsonObject(),
        };
        change(json);
        _folder.Write(File, System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static JsonNode Vision(JsonObject json) => json["model_cfg"]!["vision_cfg"]!;

    private static JsonNode Text(JsonObject json) => json["model_cfg"]!["text_cfg"]!;
}
