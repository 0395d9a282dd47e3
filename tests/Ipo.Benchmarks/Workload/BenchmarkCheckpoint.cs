using System.Text.Json;

namespace Ipo.Benchmarks.Workload;

/// <summary>
/// A checkpoint's folder of a published shape with seeded random weights in fp32, and ipo-tiny's vocabulary: speed depends on
/// shapes, not on what was learned, and so nothing has to be downloaded. The folder goes with the object.
/// </summary>
internal sealed class BenchmarkCheckpoint : IDisposable
{
    private readonly bool _isOurs;

    private BenchmarkCheckpoint(string path) => Path = path;

    private BenchmarkCheckpoint(TowerShape shape, string path) : this(path)
    {
        _isOurs = true;
        File.WriteAllText(In("config.json"), JsonSerializer.Serialize(new
        {
            model_type = "clip",
            projection_dim = 512,
            // The end of a text is where ipo-tiny's vocabulary has it; the table of tokens has the published size.
            text_config = new { hidden_size = 512, num_hidden_layers = 12, num_attention_heads = 8, intermediate_size = 2048, vocab_size = 49_408, max_position_embeddings = 77 },
            vision_config = new { hidden_size = 768, num_hidden_layers = 12, num_attention_heads = 12, intermediate_size = 3072, image_size = 224, patch_size = shape.PatchSize },
        }));
        var embedded = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "ipo-tiny");
        foreach (var file in new[] { "vocab.json", "merges.txt" }) File.Copy(System.IO.Path.Combine(embedded, file), In(file));
        Weights(shape).Write(In("model.safetensors"));
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

    private static RandomWeights Weights(TowerShape shape)
    {
        var weights = new RandomWeights();
        var patches = (224 / shape.PatchSize) * (224 / shape.PatchSize);
        weights.Add("logit_scale");
        weights.Add("text_model.embeddings.token_embedding.weight", 49_408, 512);
        weights.Add("text_model.embeddings.position_embedding.weight", 77, 512);
        weights.Blocks("text_model", 512);
        weights.Norm("text_model.final_layer_norm", 512);
        weights.Add("text_projection.weight", 512, 512);
        weights.Add("vision_model.embeddings.class_embedding", 768);
        weights.Add("vision_model.embeddings.patch_embedding.weight", 768, 3, shape.PatchSize, shape.PatchSize);
        weights.Add("vision_model.embeddings.position_embedding.weight", 1 + patches, 768);
        weights.Norm("vision_model.pre_layrnorm", 768);
        weights.Blocks("vision_model", 768);
        weights.Norm("vision_model.post_layernorm", 768);
        weights.Add("visual_projection.weight", 512, 768);
        return weights;
    }
}
