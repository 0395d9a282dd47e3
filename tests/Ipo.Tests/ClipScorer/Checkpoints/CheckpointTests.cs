using System.Text.Json.Nodes;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Xunit;

namespace Ipo.Tests.ClipScorer.Checkpoints;

public sealed class CheckpointTests
{
    private const string Weights = "model.safetensors";
    private const string Projection = "text_projection.weight";

    private static readonly (string What, Action<CheckpointCopy> Damage, string Message)[] All =
    [
        ("no folder", copy => Directory.Delete(copy.Path, recursive: true), "is not a folder. Set Ipo:ClipScorer:Checkpoint"),
        ("no config", copy => File.Delete(copy.File("config.json")), "config.json is missing. A checkpoint is a folder"),
        ("no weights", copy => File.Delete(copy.File(Weights)), "model.safetensors is missing"),
        ("no vocabulary", copy => File.Delete(copy.File("vocab.json")), "vocab.json is missing"),
        ("no merges", copy => File.Delete(copy.File("merges.txt")), "merges.txt is missing"),
        ("config is no JSON", copy => File.WriteAllText(copy.File("config.json"), "{\n\"a\": }"), "config.json is not JSON (line 2)"),
        ("config is no UTF-8", copy => File.WriteAllBytes(copy.File("config.json"), [.. "{\"model_type\":\"cl"u8, 0xFF, .. "ip\"}"u8]), "config.json is not JSON (it is not UTF-8)"),
        ("half of a surrogate pair", copy => File.WriteAllText(copy.File("config.json"), "{\"model_type\":\"\\ud83d\"}"), "config.json is not JSON (a string has half of a surrogate pair)"),
        ("a setting that stands twice", copy => File.WriteAllText(copy.File("config.json"), "{\"model_type\":\"clip\",\"model_type\":\"siglip\"}"), "config.json is not JSON ("),
        ("config is a list", copy => File.WriteAllText(copy.File("config.json"), "[]"), "config.json is not a JSON object"),
        ("vocabulary is no JSON", copy => File.WriteAllText(copy.File("vocab.json"), "nonsense"), "vocab.json is not a JSON object of symbol to id (line 1)"),
        ("preprocessor is no JSON", copy => File.WriteAllText(copy.File("preprocessor_config.json"), "{"), "preprocessor_config.json is not JSON"),
        ("weights cut short", copy => Truncate(copy.File(Weights), 1_000_000), "is cut short: expected at least 15452466 bytes, found 14452466"),
        ("header cut short", copy => Truncate(copy.File(Weights), 1_000, fromStart: true), "is cut short"),
        ("empty weights", copy => File.WriteAllBytes(copy.File(Weights), []), "is cut short: expected at least 8 bytes, found 0"),
        ("a Git LFS pointer", copy => File.WriteAllText(copy.File(Weights), "version https://git-lfs.github.com/spec/v1\n"), "is not a safetensors file"),
        ("a damaged header", copy => Overwrite(copy.File(Weights), 8, (byte)'?'), "has a damaged safetensors header"),
        ("a tensor is missing", copy => SafetensorsRewrite.Header(copy.File(Weights), json => json.Remove(Projection)), $"has no tensor '{Projection}'; expected one of shape [256, 256]"),
        ("a tensor's shape is wrong", copy => SafetensorsRewrite.Header(copy.File(Weights), json => json[Projection]!["shape"] = new JsonArray(128, 512)), $"tensor '{Projection}' has shape [128, 512]; expected [256, 256] by its configuration"),
        ("a tensor's size is wrong", copy => SafetensorsRewrite.Header(copy.File(Weights), json => json[Projection]!["shape"] = new JsonArray(256, 255)), $"tensor '{Projection}' of shape [256, 255] in F16 has 131072 bytes; expected 130560"),
        ("a tensor's format is unknown", copy => SafetensorsRewrite.Header(copy.File(Weights), json => json[Projection]!["dtype"] = "I16"), $"tensor '{Projection}' is in a number format this program does not read"),
        ("offsets that cannot be", copy => SafetensorsRewrite.Header(copy.File(Weights), json => json[Projection]!["data_offsets"] = new JsonArray(500, 20)), $"tensor '{Projection}' stands at bytes 500 to 20"),
        ("one offset", copy => SafetensorsRewrite.Header(copy.File(Weights), json => json[Projection]!["data_offsets"] = new JsonArray(500)), "has a damaged safetensors header"),
        ("a huge shape", copy => SafetensorsRewrite.Header(copy.File(Weights), json => json[Projection]!["shape"] = new JsonArray(long.MaxValue, long.MaxValue)), "has a damaged safetensors header"),
        ("another model", copy => copy.Edit("config.json", json => json["model_type"] = "blip"), "cannot be loaded: its config.json says model_type \"blip\", and the families known here are \"clip\", \"siglip\". Use a checkpoint of one of these."),
        ("an open_clip configuration", copy => copy.Edit("config.json", json => json["model_cfg"] = new JsonObject()), "is an open_clip configuration"),
        ("a ResNet", copy => copy.Edit("config.json", json => json["vision_config"]!["num_hidden_layers"] = new JsonArray(3, 4, 6, 3)), "describes a ResNet vision tower"),
        ("an unknown activation", copy => copy.Edit("config.json", json => json["text_config"]!["hidden_act"] = "relu"), "'text_config.hidden_act' is \"relu\"; expected \"quick_gelu\" or \"gelu\""),
        ("heads that do not divide", copy => copy.Edit("config.json", json => json["text_config"]!["num_attention_heads"] = 5), "'text_config.num_attention_heads' is 5; expected a divisor of hidden_size, 256"),
        ("no layers", copy => copy.Edit("config.json", json => json["vision_config"]!["num_hidden_layers"] = 0), "'vision_config.num_hidden_layers' is 0; expected a whole number above zero"),
        ("a width that is text", copy => copy.Edit("config.json", json => json["text_config"]!["hidden_size"] = "wide"), "'text_config.hidden_size' is \"wide\"; expected a whole number"),
        ("four channels", copy => copy.Edit("config.json", json => json["vision_config"]!["num_channels"] = 4), "'vision_config.num_channels' is 4; expected 3"),
        ("patches over the image", copy => copy.Edit("config.json", json => json["vision_config"]!["patch_size"] = 65), "'vision_config.patch_size' is 65; expected at most image_size, 64"),
        ("more layers than weights", copy => copy.Edit("config.json", json => json["text_config"]!["num_hidden_layers"] = 4), "has no tensor 'text_model.encoder.layers.3."),
        ("a filter that is not known", copy => copy.Edit("preprocessor_config.json", json => json["resample"] = 1), "'resample' is 1 (Pillow's Lanczos); expected 2 (Pillow's bilinear) or 3 (its bicubic)"),
        ("another crop", copy => copy.Edit("preprocessor_config.json", json => json["crop_size"] = 60), "'crop_size' is 60; expected 64, the vision tower's image size"),
        ("two means", copy => copy.Edit("preprocessor_config.json", json => json["image_mean"] = new JsonArray(0.5, 0.5)), "'image_mean' is [0.5,0.5]; expected three numbers"),
        ("a larger vocabulary", copy => copy.Edit("vocab.json", json => json["zzzz"] = 6144), "vocab.json with merges.txt has ids up to 6144, and the text tower knows 6144"),
    ];

    public static TheoryData<string> Damages => [.. All.Select(damage => damage.What)];

    [Theory]
    [MemberData(nameof(Damages))]
    public void Says_what_is_wrong_with(string what)
    {
        var (_, damage, message) = All.Single(known => known.What == what);
        using var copy = CheckpointCopy.Of("ipo-tiny");
        damage(copy);
        var error = Assert.Throws<CheckpointException>(() => EmbeddingModel.Load(copy.Path, new() { Device = DeviceChoice.Cpu }));
        Assert.True(error.Message.Contains(message, StringComparison.Ordinal), $"{what}: {error.Message}");
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_several_files_and_behind_links_are_one_checkpoint()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        var blobs = Directory.CreateDirectory(copy.File("blobs")).FullName;
        File.Move(copy.File(Weights), Path.Combine(blobs, "0123abcd"));
        File.CreateSymbolicLink(copy.File(Weights), Path.Combine("blobs", "0123abcd"));
        using (EmbeddingModel.Load(copy.Path, new() { Device = DeviceChoice.Cpu })) { }

        File.Move(copy.File(Weights), copy.File("model-00001-of-00001.safetensors"));
        var names = SafetensorsFile.Read(copy.File("model-00001-of-00001.safetensors")).Keys;
        var map = new JsonObject(names.Select(name => KeyValuePair.Create(name, (JsonNode?)"model-00001-of-00001.safetensors")));
        File.WriteAllText(copy.File("model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
        using var model = EmbeddingModel.Load(copy.Path, new() { Device = DeviceChoice.Cpu });
        Assert.InRange(model.Parity!.LargestError, 0, 1e-5);
    }

    [Fact]
    public void Without_a_tokenizer_it_is_not_made_ready()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        File.Delete(copy.File("vocab.json"));
        File.Delete(copy.File("merges.txt"));
        using var model = EmbeddingModel.LoadTowers(copy.Path, ExecutionDevice.Cpu(1));
        Assert.Contains("has no vocab.json and merges.txt", Assert.Throws<CheckpointException>(() => model.WarmUp()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_cannot_name_a_file_elsewhere()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        File.Delete(copy.File(Weights));
        File.WriteAllText(copy.File("model.safetensors.index.json"), """{"weight_map": {"logit_scale": "../secret.safetensors"}}""");
        Assert.Contains("expected file names without a folder", Assert.Throws<CheckpointException>(() => EmbeddingModel.Load(copy.Path, new())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_changes_with_every_file_that_decides_an_embedding()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        var digests = new HashSet<string> { Digest() };
        File.WriteAllText(copy.File("MODEL_CARD.md"), "another card");
        Assert.DoesNotContain(Digest(), digests.Except([Digest()]));
        foreach (var file in new[] { "config.json", "vocab.json", "merges.txt", "preprocessor_config.json" })
        {
            File.AppendAllText(copy.File(file), "\n");
            Assert.True(digests.Add(Digest()), file);
        }
        File.Delete(copy.File("preprocessor_config.json"));
        Assert.True(digests.Add(Digest()));
        Overwrite(copy.File(Weights), 2_000_000, 0x11);
        Assert.True(digests.Add(Digest()));
        File.WriteAllText(copy.File("MODEL_CARD.md"), "a third card");
        Assert.False(digests.Add(Digest()));

        string Digest() => CheckpointDigest.Compute(ClipCheckpoint.Open(copy.Path).Files);
    }

    [Fact]
    public void What_config_leaves_out_has_transformers_default()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        File.WriteAllText(copy.File("config.json"), "{}");
        var config = ClipConfig.Load(copy.Path);
        Assert.Equal(new ClipConfig(512,
            new(new(512, 12, 8, 2048, Activation.QuickGelu, 1e-5f), 49_408, 77, 49_407),
            new(new(768, 12, 12, 3072, Activation.QuickGelu, 1e-5f), 224, 32)), config);
        Assert.Equal(50, config.Vision.Tokens);
    }

    [Theory]
    [InlineData(2, 6143)]
    [InlineData(6143, 6143)]
    [InlineData(6144, 6143)]
    [InlineData(100, 100)]
    public void A_wrong_end_id_in_config_does_not_count(int written, int end)
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json => json["text_config"]!["eos_token_id"] = written);
        Assert.Equal(end, ClipConfig.Load(copy.Path).Text.EndId);
        Assert.Equal(6143, ClipCheckpoint.Open(copy.Path).EndId);
    }

    [Fact]
    public void Without_a_preprocessor_configuration_clip_s_own_stands_and_is_said_to()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        File.Delete(copy.File("preprocessor_config.json"));
        using var model = EmbeddingModel.Load(copy.Path, new() { Device = DeviceChoice.Cpu });
        Assert.Equal(64, model.Preprocessor.Size);
        Assert.Contains("has no preprocessor_config.json and no processor_config.json", Assert.Single(model.Assumptions), StringComparison.Ordinal);
    }

    private static void Truncate(string path, int bytes, bool fromStart = false)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(fromStart ? bytes : file.Length - bytes);
    }

    private static void Overwrite(string path, int at, byte value)
    {
        using var file = File.OpenWrite(path);
        file.Seek(at, SeekOrigin.Begin);
        file.WriteByte(value);
    }
}
