using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ipo.Benchmarks.Workload;

/// <summary>
/// A checkpoint's folder of a published shape with seeded random weights in fp32, and ipo-tiny's vocabulary: speed depends on
/// shapes, not on what was learned, and so nothing has to be downloaded. The folder goes with the object.
/// </summary>
internal sealed class BenchmarkCheckpoint : IDisposable
{
    private readonly List<(string Name, long[] Shape)> _tensors = [];
    private readonly bool _isOurs;

    private BenchmarkCheckpoint(string path) => Path = path;

    private BenchmarkCheckpoint(TowerShape shape, string path) : this(path)
    {
        _isOurs = true;
        File.WriteAllText(In("config.json"), JsonSerializer.Serialize(new
        {
            projection_dim = 512,
            // The end of a text is where ipo-tiny's vocabulary has it; the table of tokens has the published size.
            text_config = new { hidden_size = 512, num_hidden_layers = 12, num_attention_heads = 8, intermediate_size = 2048, vocab_size = 49_408, max_position_embeddings = 77 },
            vision_config = new { hidden_size = 768, num_hidden_layers = 12, num_attention_heads = 12, intermediate_size = 3072, image_size = 224, patch_size = shape.PatchSize },
        }));
        var embedded = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "ipo-tiny");
        foreach (var file in new[] { "vocab.json", "merges.txt" }) File.Copy(System.IO.Path.Combine(embedded, file), In(file));
        ListTensors(shape);
        WriteWeights();
    }

    public string Path { get; }

    /// <summary>Size of the weights' file.</summary>
    public long Bytes => new FileInfo(In("model.safetensors")).Length;

    public static BenchmarkCheckpoint Create(TowerShape shape)
    {
        var folder = Directory.CreateTempSubdirectory("ipo-benchmark-").FullName;
        try { return new(shape, folder); }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>One that another process wrote and will remove.</summary>
    public static BenchmarkCheckpoint At(string path) => new(path);

    public void Dispose()
    {
        if (_isOurs) Directory.Delete(Path, recursive: true);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private void ListTensors(TowerShape shape)
    {
        var patches = (224 / shape.PatchSize) * (224 / shape.PatchSize);
        Add("logit_scale");
        Add("text_model.embeddings.token_embedding.weight", 49_408, 512);
        Add("text_model.embeddings.position_embedding.weight", 77, 512);
        Blocks("text_model", 512);
        Norm("text_model.final_layer_norm", 512);
        Add("text_projection.weight", 512, 512);
        Add("vision_model.embeddings.class_embedding", 768);
        Add("vision_model.embeddings.patch_embedding.weight", 768, 3, shape.PatchSize, shape.PatchSize);
        Add("vision_model.embeddings.position_embedding.weight", 1 + patches, 768);
        Norm("vision_model.pre_layrnorm", 768);
        Blocks("vision_model", 768);
        Norm("vision_model.post_layernorm", 768);
        Add("visual_projection.weight", 512, 768);
    }

    private void Add(string name, params long[] shape) => _tensors.Add((name, shape));

    private void Norm(string name, int width)
    {
        Add($"{name}.weight", width);
        Add($"{name}.bias", width);
    }

    private void Blocks(string tower, int width)
    {
        for (var layer = 0; layer < 12; layer++)
        {
            var block = $"{tower}.encoder.layers.{layer}";
            Norm($"{block}.layer_norm1", width);
            foreach (var projection in new[] { "q_proj", "k_proj", "v_proj", "out_proj" }) Linear($"{block}.self_attn.{projection}", width, width);
            Norm($"{block}.layer_norm2", width);
            Linear($"{block}.mlp.fc1", 4 * width, width);
            Linear($"{block}.mlp.fc2", width, 4 * width);
        }
    }

    private void Linear(string name, int outputs, int inputs)
    {
        Add($"{name}.weight", outputs, inputs);
        Add($"{name}.bias", outputs);
    }

    private void WriteWeights()
    {
        var offset = 0L;
        var header = new Dictionary<string, object>();
        foreach (var (name, shape) in _tensors)
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, offset += Count(shape) * sizeof(float) } };
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        using var file = File.Create(In("model.safetensors"));
        file.Write(length);
        file.Write(json);
        var random = new Random(1);
        foreach (var (name, shape) in _tensors) file.Write(MemoryMarshal.AsBytes<float>(Values(name, shape, random)));
    }

    // Products keep the size of what goes in: no weight makes activations overflow or vanish, which would change what a product costs.
    private static float[] Values(string name, long[] shape, Random random)
    {
        var values = new float[Count(shape)];
        if (shape.Length == 0)
        {
            values[0] = MathF.Log(100); // OpenAI's logit scale
            return values;
        }
        var isNorm = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);
        var spread = shape.Length == 1 ? 0.02f : MathF.Sqrt(3f / shape[1..].Aggregate(1L, (product, axis) => product * axis));
        for (var at = 0; at < values.Length; at++) values[at] = (random.NextSingle() * 2 - 1) * spread + (isNorm ? 1 : 0);
        return values;
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, axis) => product * axis);
}
