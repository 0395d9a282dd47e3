using System.Globalization;
using System.Text.Json;

namespace Ipo.Benchmarks.Workload;

/// <summary>A checkpoint's folder of SigLIP's base shape (google/siglip-base-patch16-224, whose configuration is transformers' defaults)
/// with seeded random weights, and a tokenizer of bytes: what a text's ids are does not matter, since every text is padded to the whole
/// context. The folder goes with the object.</summary>
internal sealed class SiglipFolder : IDisposable
{
    private const int Width = 768;
    private const int Vocabulary = 32_000;

    public SiglipFolder()
    {
        Path = Directory.CreateTempSubdirectory("ipo-benchmark-").FullName;
        try
        {
            Write("config.json", new { model_type = "siglip", text_config = new { model_type = "siglip_text_model" }, vision_config = new { model_type = "siglip_vision_model" } });
            Write("preprocessor_config.json", new { do_resize = true, resample = 3, size = new { height = 224, width = 224 } });
            Write("tokenizer_config.json", new { do_lower_case = true, pad_token = "<pad>" });
            Write("tokenizer.json", Tokenizer());
            Weights().Write(System.IO.Path.Combine(Path, "model.safetensors"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private void Write(string file, object json) => File.WriteAllText(System.IO.Path.Combine(Path, file), JsonSerializer.Serialize(json));

    private static object Tokenizer()
    {
        var vocabulary = new Dictionary<string, int> { ["<pad>"] = 0, ["<eos>"] = 1 };
        for (var value = 0; value < 256; value++) vocabulary[string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")] = vocabulary.Count;
        object[] single = [new { Sequence = new { id = "A" } }, new { SpecialToken = new { id = "<eos>" } }];
        return new
        {
            model = new { type = "BPE", byte_fallback = true, vocab = vocabulary, merges = Array.Empty<string>() },
            post_processor = new { type = "TemplateProcessing", single },
        };
    }

    private static RandomWeights Weights()
    {
        var weights = new RandomWeights();
        weights.Add("logit_scale", 1);
        weights.Add("logit_bias", 1);
        weights.Add("text_model.embeddings.token_embedding.weight", Vocabulary, Width);
        weights.Add("text_model.embeddings.position_embedding.weight", 64, Width);
        weights.Blocks("text_model", Width);
        weights.Norm("text_model.final_layer_norm", Width);
        weights.Linear("text_model.head", Width, Width);
        weights.Add("vision_model.embeddings.patch_embedding.weight", Width, 3, 16, 16);
        weights.Add("vision_model.embeddings.patch_embedding.bias", Width);
        weights.Add("vision_model.embeddings.position_embedding.weight", 196, Width);
        weights.Blocks("vision_model", Width);
        weights.Norm("vision_model.post_layernorm", Width);
        weights.Add("vision_model.head.probe", 1, 1, Width);
        weights.Add("vision_model.head.attention.in_proj_weight", 3 * Width, Width);
        weights.Add("vision_model.head.attention.in_proj_bias", 3 * Width);
        weights.Linear("vision_model.head.attention.out_proj", Width, Width);
        weights.Norm("vision_model.head.layernorm", Width);
        weights.Linear("vision_model.head.mlp.fc1", 4 * Width, Width);
        weights.Linear("vision_model.head.mlp.fc2", Width, 4 * Width);
        return weights;
    }
}
