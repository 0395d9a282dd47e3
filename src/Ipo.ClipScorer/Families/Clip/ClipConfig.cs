using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Graphs;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>The text tower's shape.</summary>
/// <param name="Shape">Its transformer.</param>
/// <param name="VocabularySize">Ids it knows.</param>
/// <param name="ContextLength">Tokens it takes, start and end included.</param>
/// <param name="EndId">The id it is read at, where there is no tokenizer to say so.</param>
internal sealed record TextShape(TransformerShape Shape, int VocabularySize, int ContextLength, int EndId);

/// <summary>The vision tower's shape.</summary>
/// <param name="Shape">Its transformer.</param>
/// <param name="ImageSize">Pixels along each side of the image.</param>
/// <param name="PatchSize">Pixels along each side of a patch.</param>
internal sealed record VisionShape(TransformerShape Shape, int ImageSize, int PatchSize)
{
    /// <summary>Patches along each side of the image.</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>Tokens of an image: the class token and one for each patch.</summary>
    public int Tokens => 1 + Grid * Grid;
}

/// <summary>config.json of a Hugging Face CLIPModel. What it leaves out has transformers'
/// default (configuration_clip.py).</summary>
/// <param name="EmbeddingDimension">Length of an embedding.</param>
/// <param name="Text">The text tower.</param>
/// <param name="Vision">The vision tower.</param>
internal sealed record ClipConfig(int EmbeddingDimension, TextShape Text, VisionShape Vision)
{
    public const string FileName = "config.json";

    /// <exception cref="CheckpointException">It is missing, damaged, or describes something other than a
    /// CLIP with vision transformer.</exception>
    public static ClipConfig Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        using var document = CheckpointFile.ReadJson(path);
        var json = new JsonSettings(path, document.RootElement);
        return new(json.Count("projection_dim", 512), Tower(json, "text_config", TextOf), Tower(json, "vision_config", VisionOf));
    }

    // Older files have a tower's settings under another name too, and what stands there counts
    // (huggingface/transformers, configuration_clip.py; #22035). Its way, to let defaults count before what the other
    // section says, would make another model of some files without a word: these are refused.
    private static T Tower<T>(JsonSettings json, string name, Func<JsonSettings, T> read) where T : IEquatable<T>
    {
        var older = $"{name}_dict";
        if (json.Find(older) is null) return read(json.Section(name));
        var (counts, beside) = (json.Section(older), json.Section(name));
        var tower = read(counts.Over(beside));
        return tower.Equals(read(counts)) ? tower : throw new CheckpointException(
            $"{json.Path}: '{older}', which counts, leaves out what '{name}' says otherwise than transformers' default. "
            + $"Delete '{older}' if '{name}' is right, or complete it.");
    }

    private static TextShape TextOf(JsonSettings text)
    {
        var vocabulary = text.Count("vocab_size", 49_408);
        // A wrong eos_token_id of 2 stands in many published configurations; the end is then the last id, as in
        // OpenAI's vocabulary (huggingface/transformers#24773).
        var end = text.Integer("eos_token_id", vocabulary - 1) is var id && id > 2 && id < vocabulary ? id : vocabulary - 1;
        return new(ShapeOf(text, 512, 2048, 8), vocabulary, text.Count("max_position_embeddings", 77), end);
    }

    private static VisionShape VisionOf(JsonSettings vision)
    {
        if (vision.Find("layers") is not null || vision.Find("num_hidden_layers") is { ValueKind: JsonValueKind.Array })
            throw new CheckpointException(
                $"{vision.Path} describes a ResNet vision tower (RN50 and its like). "
                + "Only vision transformers are supported: use a ViT checkpoint such as ViT-B/32 or ViT-B/16.");
        if (vision.Count("num_channels", 3) is var channels and not 3) throw vision.Wrong("num_channels", "3", $"{channels}");
        var shape = new VisionShape(ShapeOf(vision, 768, 3072, 12), vision.Count("image_size", 224), vision.Count("patch_size", 32));
        return shape.Grid > 0 ? shape : throw vision.Wrong("patch_size", $"at most image_size, {shape.ImageSize}", $"{shape.PatchSize}");
    }

    private static TransformerShape ShapeOf(JsonSettings tower, int width, int hidden, int heads)
    {
        var shape = new TransformerShape(
            tower.Count("hidden_size", width),
            tower.Count("num_hidden_layers", 12),
            tower.Count("num_attention_heads", heads),
            tower.Count("intermediate_size", hidden),
            tower.Text("hidden_act", "quick_gelu") switch
            {
                "quick_gelu" => Activation.QuickGelu,
                "gelu" => Activation.Gelu,
                var other => throw tower.Wrong("hidden_act", "\"quick_gelu\" or \"gelu\"", $"\"{other}\""),
            },
            (float)tower.Number("layer_norm_eps", 1e-5));
        return shape.Width % shape.Heads == 0 ? shape
            : throw tower.Wrong("num_attention_heads", $"a divisor of hidden_size, {shape.Width}", $"{shape.Heads}");
    }
}
