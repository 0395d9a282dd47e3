using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;

namespace Ipo.Tests.ClipScorer.Families.Clip;

/// <summary>A checkpoint of any shape with seeded random weights in F32, and those weights by name; its folder goes with the object.</summary>
internal sealed class RandomCheckpoint : IDisposable
{
    private readonly Dictionary<string, float[]> _tensors = [];
    private readonly Random _random;

    public RandomCheckpoint(ClipConfig config, int seed)
    {
        (Config, _random) = (config, new(seed));
        var (text, vision) = (config.Text, config.Vision);
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        Add("logit_scale");
        Add("text_model.embeddings.token_embedding.weight", text.VocabularySize, text.Shape.Width);
        Add("text_model.embeddings.position_embedding.weight", text.ContextLength, text.Shape.Width);
        Blocks("text_model", text.Shape);
        Norm("text_model.final_layer_norm", text.Shape.Width);
        Add("text_projection.weight", config.EmbeddingDimension, text.Shape.Width);
        Add("vision_model.embeddings.class_embedding", vision.Shape.Width);
        Add("vision_model.embeddings.patch_embedding.weight", vision.Shape.Width, 3, vision.PatchSize, vision.PatchSize);
        Add("vision_model.embeddings.position_embedding.weight", vision.Tokens, vision.Shape.Width);
        Blocks("vision_model", vision.Shape);
        Norm("vision_model.pre_layrnorm", vision.Shape.Width);
        Norm("vision_model.post_layernorm", vision.Shape.Width);
        Add("visual_projection.weight", config.EmbeddingDimension, vision.Shape.Width);

        Path = Directory.CreateTempSubdirectory("ipo-random-").FullName;
        File.WriteAllText(System.IO.Path.Combine(Path, "config.json"), JsonSerializer.Serialize(new
        {
            projection_dim = config.EmbeddingDimension,
            text_config = Tower(text.Shape, ("vocab_size", text.VocabularySize), ("max_position_embeddings", text.ContextLength), ("eos_token_id", text.EndId)),
            vision_config = Tower(vision.Shape, ("image_size", vision.ImageSize), ("patch_size", vision.PatchSize)),
        }));
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(System.IO.Path.Combine(Path, "model.safetensors"), [.. length, .. json, .. data.ToArray()]);

        void Add(string name, params long[] shape)
        {
            // Near what training gives: products keep their size, biases are small, and attention is far from flat.
            var spread = shape.Length < 2 ? 0.2f : 2.5f / MathF.Sqrt(shape.Skip(1).Aggregate(1f, (product, axis) => product * axis));
            var values = new float[shape.Aggregate(1L, (product, axis) => product * axis)];
            for (var at = 0; at < values.Length; at++) values[at] = (_random.NextSingle() * 2 - 1) * spread + (name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { data.Length, data.Length + values.Length * 4L } };
            data.Write(MemoryMarshal.AsBytes<float>(values));
            _tensors[name] = values;
        }

        void Norm(string name, int width)
        {
            Add($"{name}.weight", width);
            Add($"{name}.bias", width);
        }

        void Blocks(string tower, TransformerShape shape)
        {
            for (var layer = 0; layer < shape.Layers; layer++)
            {
                var block = $"{tower}.encoder.layers.{layer}";
                Norm($"{block}.layer_norm1", shape.Width);
                Norm($"{block}.layer_norm2", shape.Width);
                foreach (var projection in new[] { "q_proj", "k_proj", "v_proj", "out_proj" }) Linear($"{block}.self_attn.{projection}", shape.Width, shape.Width);
                Linear($"{block}.mlp.fc1", shape.Hidden, shape.Width);
                Linear($"{block}.mlp.fc2", shape.Width, shape.Hidden);
            }
        }

        void Linear(string name, int outputs, int inputs)
        {
            Add($"{name}.weight", outputs, inputs);
            Add($"{name}.bias", outputs);
        }
    }

    public ClipConfig Config { get; }

    public string Path { get; }

    public ReadOnlySpan<float> this[string tensor] => _tensors[tensor];

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static Dictionary<string, object> Tower(TransformerShape shape, params (string Name, int Value)[] more)
    {
        var tower = new Dictionary<string, object>
        {
            ["hidden_size"] = shape.Width,
            ["num_hidden_layers"] = shape.Layers,
            ["num_attention_heads"] = shape.Heads,
            ["intermediate_size"] = shape.Hidden,
            ["hidden_act"] = shape.Activation == Activation.Gelu ? "gelu" : "quick_gelu",
            ["layer_norm_eps"] = shape.Epsilon,
        };
        foreach (var (name, value) in more) tower[name] = value;
        return tower;
    }
}
