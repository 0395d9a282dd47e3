using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Families.OpenClip;
using Ipo.ClipScorer.Families.Siglip;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Text;
using Ipo.Tests.ClipScorer.Checkpoints;
using Ipo.Tests.Fakes;
using static Ipo.Fuzz.Targets.AllTargets;

namespace Ipo.Fuzz.Targets;

/// <summary>The files of a checkpoint's folder.</summary>
internal static class CheckpointTargets
{
    private static readonly byte[][] Pickles = [TorchFile.StateDict(), TorchFile.StateDict("state_dict")];

    private static readonly PixelSettings Pixels = new(SquareResize.Crop(ResizeFilter.Bicubic, 224, 224), 1 / 255.0, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    private static readonly IReadOnlyList<byte[]> Json = Bytes("null", "true", "[]", "{}", "\"\"", "-1", "0", "1e99", "2147483647", "0.5", "[3,256]", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"a\":1,");

    public static IEnumerable<Target> All(TempFolder folder)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, "checkpoint")).FullName;
        Func<byte[], bool> In(string file, Action read) => Refusing<CheckpointException>(input =>
        {
            var path = Path.Combine(place, file);
            File.WriteAllBytes(path, input);
            try { read(); }
            finally { File.Delete(path); }
        });

        yield return new("CLIP config", 10, Bytes(ClipJson), In("config.json", () => ClipConfig.Load(place)))
        { Words = [.. Json, .. Bytes("\"text_config\":", "\"vision_config_dict\":", "\"hidden_size\":", "\"num_attention_heads\":", "\"layer_norm_eps\":")] };
        yield return new("SigLIP config", 10, Bytes(
            """{"model_type":"siglip","text_config":{"model_type":"siglip_text_model","hidden_size":64,"vocab_size":100},"vision_config":{"hidden_size":64,"patch_size":16}}"""),
            In("config.json", () => SiglipConfig.Load(place)))
        { Words = [.. Json, .. Bytes("\"projection_size\":", "\"hidden_act\":", "\"vision_use_head\":")] };
        yield return new("open_clip config", 10, Bytes(OpenClipJson), In("open_clip_config.json", () =>
        {
            OpenClipConfig.Load(place);
            OpenClipPreprocessing.Load(place, Pixels);
        }))
        { Words = [.. Json, .. Bytes("\"model_cfg\":", "\"text_cfg\":", "\"mlp_ratio\":", "\"preprocess_cfg\":", "\"head_width\":")] };
        yield return new("preprocessor config", 10, Bytes(PreprocessorJson), In("preprocessor_config.json", () => PreprocessorConfig.Load(place, Pixels)))
        { Words = [.. Json, .. Bytes("\"size\":", "\"crop_size\":", "\"shortest_edge\":", "\"image_mean\":", "\"resample\":", "\"do_rescale\":")] };
        var (small, merges) = SmallVocabulary();
        yield return new("tokenizer.json", 2, Bytes(TokenizerJsonOf(small, merges)), In("tokenizer.json", () => ClipTokenizer.Load(place)))
        { Words = [.. Json, .. Bytes("\"model\":", "\"added_tokens\":", "\"pre_tokenizer\":", "\"post_processor\":", "\"merges\":", "{\"type\":\"Lowercase\"}")] };
        var pair = Directory.CreateDirectory(Path.Combine(folder, "pair")).FullName;
        File.WriteAllText(Path.Combine(pair, "vocab.json"), small.ToJsonString());
        yield return new("merges.txt", 5, Bytes(string.Join('\n', merges)), Refusing<CheckpointException>(input =>
        {
            File.WriteAllBytes(Path.Combine(pair, "merges.txt"), input);
            ClipTokenizer.Load(pair);
        }));
        var other = Directory.CreateDirectory(Path.Combine(folder, "other")).FullName;
        File.WriteAllLines(Path.Combine(other, "merges.txt"), merges);
        yield return new("vocab.json", 2, Bytes(small.ToJsonString()), Refusing<CheckpointException>(input =>
        {
            File.WriteAllBytes(Path.Combine(other, "vocab.json"), input);
            ClipTokenizer.Load(other).Encode("a photo");
        }))
        { Words = [.. Json, .. Bytes("\"<|endoftext|>\":", "\"a</w>\":")] };
        yield return new("Gemma tokenizer", 2, Bytes(GemmaJson()), In("tokenizer.json", () => GemmaTokenizer.Load(place, lowerCases: true).Encode("a <b> über")))
        { Words = [.. Json, .. Bytes("\"model\":", "\"added_tokens\":", "\"normalizer\":", "\"post_processor\":", "\"merges\":", "\"byte_fallback\":")] };
        yield return new("spiece.model", 5, [SentencePieces()], In("spiece.model", () => SiglipTokenizer.Load(place).Encode("a photo, of über 犬")));
        yield return new("safetensors", 10, [Safetensors(SafetensorsHeader), Safetensors("{\"__metadata__\":{\"format\":\"pt\"}}")], In("model.safetensors", () => Weights.Open(place)))
        { Words = [.. Json, .. Bytes("\"dtype\":\"F32\"", "\"BF16\"", "\"shape\":", "\"data_offsets\":", "[0,96]", "9223372036854775807")] };
        yield return new("pickle", 20, [TorchFile.Zip(), TorchFile.Legacy(), TorchFile.Zip(compression: CompressionLevel.Optimal), TorchFile.Zip(TorchFile.StateDict("state_dict"))],
            Refusing<CheckpointException>(ReadPickle))
        {
            // A zip archive that changed is mostly refused as one, so a changed pickle is put into a whole archive as often.
            Generate = random => TorchFile.Zip(Mutations.Of(Pickles[random.Next(Pickles.Length)], Pickles, [], random)),
            // None may take more than a small multiple of its size: buffers, exceptions and their messages weigh the rest.
            AllocatedOfAny = 512 << 10,
            AllocatedForByte = 8,
        };
    }

    // A tensor that would be copied is, as when its graph is built.
    private static void ReadPickle(byte[] file)
    {
        foreach (var tensor in PyTorchFile.Read("f.bin", "/folder/f.bin", () => new MemoryStream(file)).Values) _ = tensor.Copy?.Invoke();
    }

    private const string ClipJson = """
        {"model_type":"clip","projection_dim":256,"text_config":{"hidden_size":256,"intermediate_size":768,"num_hidden_layers":3,
        "num_attention_heads":8,"max_position_embeddings":77,"vocab_size":6144,"eos_token_id":6143,"hidden_act":"quick_gelu","layer_norm_eps":1e-05},
        "vision_config":{"hidden_size":256,"intermediate_size":768,"num_hidden_layers":6,"num_attention_heads":8,"num_channels":3,"image_size":64,"patch_size":8}}
        """;

    private const string OpenClipJson = """
        {"model_cfg":{"embed_dim":512,"vision_cfg":{"image_size":224,"layers":12,"width":768,"patch_size":32},"quick_gelu":true,
        "text_cfg":{"context_length":77,"vocab_size":49408,"width":512,"heads":8,"layers":12}},
        "preprocess_cfg":{"mean":[0.48,0.45,0.40],"std":[0.26,0.26,0.27],"interpolation":"bicubic","resize_mode":"shortest","size":[224,224]}}
        """;

    private const string PreprocessorJson = """
        {"do_convert_rgb":true,"do_resize":true,"resample":3,"size":{"shortest_edge":224},"do_center_crop":true,"crop_size":{"height":224,"width":224},
        "do_rescale":true,"rescale_factor":0.00392156862745098,"do_normalize":true,"image_mean":[0.48,0.45,0.40],"image_std":[0.26,0.26,0.27]}
        """;

    private const string SafetensorsHeader = """
        {"a":{"dtype":"F32","shape":[4,6],"data_offsets":[0,96]},"b":{"dtype":"F16","shape":[2],"data_offsets":[96,100]},"c":{"dtype":"I64","shape":[],"data_offsets":[100,108]}}
        """;

    private static byte[] Safetensors(string header)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        return [.. length, .. bytes, .. new byte[108]];
    }

    // All bytes, as a byte-level vocabulary needs them, a few merges of ipo-tiny's, and the two special tokens.
    private static (JsonObject Vocabulary, List<string> Merges) SmallVocabulary()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "tokenizer");
        var whole = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "vocab.json")))!.AsObject();
        var merges = File.ReadLines(Path.Combine(folder, "merges.txt")).Take(12).ToList();
        var kept = whole.Where(entry => entry.Value!.GetValue<int>() < 512 || entry.Key.StartsWith("<|", StringComparison.Ordinal)).Select(entry => entry.Key)
            .Concat(merges.Skip(1).Select(merge => merge.Replace(" ", "", StringComparison.Ordinal))).Distinct();
        return (new(kept.Select(token => KeyValuePair.Create<string, JsonNode?>(token, whole[token]!.GetValue<int>()))), merges);
    }

    private static string TokenizerJsonOf(JsonObject vocabulary, List<string> merges) => new JsonObject
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = vocabulary["<|endoftext|>"]!.GetValue<int>(), ["content"] = "<|endoftext|>" }),
        ["normalizer"] = JsonNode.Parse("""{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "},{"type":"Lowercase"}]}"""),
        ["pre_tokenizer"] = JsonNode.Parse("""{"type":"Sequence","pretokenizers":[{"type":"ByteLevel","add_prefix_space":false}]}"""),
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["end_of_word_suffix"] = "</w>",
            ["continuing_subword_prefix"] = "",
            ["vocab"] = vocabulary.DeepClone(),
            ["merges"] = new JsonArray([.. merges.Skip(1).Select(merge => (JsonNode)merge)]),
        },
    }.ToJsonString();

    private static string GemmaJson()
    {
        var vocabulary = new JsonObject { ["<pad>"] = 0, ["<eos>"] = 1, ["<unk>"] = 3, ["a"] = 300, ["b"] = 301, ["ab"] = 302, ["▁"] = 303 };
        for (var value = 0; value < 256; value++) vocabulary[$"<0x{value:X2}>"] = 10 + value;
        return new JsonObject
        {
            ["added_tokens"] = JsonNode.Parse("""[{"id":0,"content":"<pad>"},{"id":1,"content":"<eos>"}]"""),
            ["normalizer"] = JsonNode.Parse("""{"type":"Replace","pattern":{"String":" "},"content":"▁"}"""),
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}"""),
            ["post_processor"] = JsonNode.Parse(
                """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}},{"SpecialToken":{"id":"<eos>"}}],"special_tokens":{"<eos>":{"id":"<eos>","ids":[1]}}}"""),
            ["model"] = new JsonObject { ["type"] = "BPE", ["byte_fallback"] = true, ["vocab"] = vocabulary, ["merges"] = new JsonArray("a b") },
        }.ToJsonString();
    }

    // SentencePiece's ModelProto with a few pieces: field 1, each a text, a score and a type; field 2, the trainer's settings.
    private static byte[] SentencePieces()
    {
        var bytes = new List<byte>();
        void Piece(string text, float score, byte type)
        {
            var name = Encoding.UTF8.GetBytes(text);
            byte[] piece = [0x0A, (byte)name.Length, .. name, 0x15, .. BitConverter.GetBytes(score), 0x18, type];
            bytes.AddRange([0x0A, (byte)piece.Length, .. piece]);
        }
        Piece("<pad>", 0, 3);
        Piece("</s>", 0, 3);
        Piece("<unk>", 0, 2);
        foreach (var (text, score) in new[] { ("▁", -3f), ("▁a", -2f), ("photo", -4f), ("o", -5f), ("f", -5f), ("▁of", -3f), ("p", -5f) }) Piece(text, score, 1);
        // model_type UNIGRAM, unk_id 2, eos_id 1; no bos. Field 3, the normaliser, has its defaults.
        bytes.AddRange([0x12, 8, 0x18, 1, 0xC0, 0x02, 2, 0xD0, 0x02, 1, 0x1A, 0]);
        return [.. bytes];
    }
}
