using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Graphs;

namespace Ipo.ClipScorer.Families.Siglip;

/// <summary>The text tower's shape.</summary>
/// <param name="Shape">Its transformer.</param>
/// <param name="VocabularySize">Ids it knows.</param>
/// <param name="ContextLength">Tokens it takes: every text is padded to so many.</param>
internal sealed record TextShape(TransformerShape Shape, int VocabularySize, int ContextLength);

/// <summary>The vision tower's shape.</summary>
/// <param name="Shape">Its transformer.</param>
/// <param name="ImageSize">Pixels along each side of the image.</param>
/// <param name="PatchSize">Pixels along each side of a patch.</param>
internal sealed record VisionShape(TransformerShape Shape, int ImageSize, int PatchSize)
{
    /// <summary>Tokens of an image: one for each whole patch, and no class token.</summary>
    public int Tokens => ImageSize / PatchSize * (ImageSize / PatchSize);
}

/// <summary>config.json of a Hugging Face SiglipModel; SigLIP 2 of a fixed resolution has the same. What it leaves out has
/// transformers' default (configuration_siglip.py): published files leave out nearly all.</summary>
/// <param name="Text">The text tower.</param>
/// <param name="Vision">The vision tower, whose width is the length of an embedding.</param>
internal sealed record SiglipConfig(TextShape Text, VisionShape Vision)
{
    public const string FileName = "config.json";

    private const string Activation = "gelu_pytorch_tanh";

    /// <summary>Length of an embedding. Neither tower has a projection behind its head.</summary>
    public int EmbeddingDimension => Vision.Shape.Width;

    /// <exception cref="CheckpointException">It is missing, damaged, or describes something that is not
    /// computed here.</exception>
    public static SiglipConfig Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        using var document = CheckpointFile.ReadJson(path);
        var json = new JsonSettings(path, document.RootElement);
        var (text, vision) = (Tower(json, "text"), Tower(json, "vision"));
        if (!vision.Flag("vision_use_head", true))
            throw vision.Wrong("vision_use_head", "true: without the attention pooling there is no image embedding", "false");
        if (vision.Count("num_channels", 3) is var channels and not 3) throw vision.Wrong("num_channels", "3", $"{channels}");
        var config = new SiglipConfig(
            new(ShapeOf(text), text.Count("vocab_size", 32_000), text.Count("max_position_embeddings", 64)),
            new(ShapeOf(vision), vision.Count("image_size", 224), vision.Count("patch_size", 16)));
        if (config.Vision.Tokens == 0)
            throw vision.Wrong("patch_size", $"at most image_size, {config.Vision.ImageSize}", $"{config.Vision.PatchSize}");
        if (text.Count("projection_size", config.Text.Shape.Width) is var size && size != config.EmbeddingDimension)
            throw text.Wrong("projection_size", $"vision_config's hidden_size, {config.EmbeddingDimension}", $"{size}");
        return config;
    }

    private static JsonSettings Tower(JsonSettings json, string tower)
    {
        var (settings, expected) = (json.Section($"{tower}_config"), $"siglip_{tower}_model");
        var type = settings.Text("model_type", expected);
        return type == expected ? settings : throw settings.Wrong("model_type", $"\"{expected}\"", $"\"{type}\"");
    }

    private static TransformerShape ShapeOf(JsonSettings tower)
    {
        if (tower.Text("hidden_act", Activation) is var act and not Activation)
            throw tower.Wrong("hidden_act", $"\"{Activation}\"", $"\"{act}\"");
        var shape = new TransformerShape(
            tower.Count("hidden_size", 768),
            tower.Count("num_hidden_layers", 12),
            tower.Count("num_attention_heads", 12),
            tower.Count("intermediate_size", 3072),
            Graphs.Activation.GeluTanh,
            (float)tower.Number("layer_norm_eps", 1e-6));
        return shape.Width % shape.Heads == 0 ? shape
            : throw tower.Wrong("num_attention_heads", $"a divisor of hidden_size, {shape.Width}", $"{shape.Heads}");
    }
}
