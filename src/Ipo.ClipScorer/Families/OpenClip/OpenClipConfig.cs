using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Families.OpenClip;

/// <summary>model_cfg in open_clip_config.json: the same two towers in open_clip's words. What it leaves out has
/// open_clip's default (open_clip/model.py, CLIPVisionCfg and CLIPTextCfg); a setting that is not known here may change
/// the arithmetic, so it is refused unless it asks for nothing.</summary>
internal static class OpenClipConfig
{
    private const string Section = "model_cfg";

    /// <exception cref="CheckpointException">It is missing, damaged, or describes something other than a CLIP with two
    /// plain transformers.</exception>
    public static ClipConfig Load(string folder)
    {
        var path = Path.Combine(folder, OpenClipPreprocessing.FileName);
        using var document = CheckpointFile.ReadJson(path);
        var root = new JsonSettings(path, document.RootElement);
        if (root.Find(Section) is null) throw root.Wrong(Section, "the model's configuration", "nothing");
        var json = root.Section(Section);
        // The scale and the bias stand in the weights; custom_text says under which names the text tower does, which
        // the weights say too; cast_dtype is for training.
        json.RequireOnly(
            "embed_dim", "vision_cfg", "text_cfg", "quick_gelu", "custom_text", "init_logit_scale", "init_logit_bias",
            "nonscalar_logit_scale", "cast_dtype");
        var activation = json.Flag("quick_gelu", false) ? Activation.QuickGelu : Activation.Gelu;
        return new(json.Integer("embed_dim"), Text(json.Section("text_cfg"), activation), Vision(json.Section("vision_cfg"), activation));
    }

    private static TextShape Text(JsonSettings text, Activation activation)
    {
        text.RequireOnly("context_length", "vocab_size", "width", "heads", "layers", "mlp_ratio", "output_tokens", "pad_id",
            "pool_type", "proj_type");
        RequireText(text, "pool_type", "argmax");
        RequireText(text, "proj_type", "linear");
        var vocabulary = text.Count("vocab_size", 49_408);
        var shape = Shape(text, 512, text.Count("heads", 8), activation, "heads");
        return new(shape, vocabulary, text.Count("context_length", 77), vocabulary - 1);
    }

    private static VisionShape Vision(JsonSettings vision, Activation activation)
    {
        if (vision.Find("layers") is { ValueKind: JsonValueKind.Array })
            throw vision.Wrong("layers", "a whole number: a vision transformer, not a ResNet", "a list");
        vision.RequireOnly("image_size", "layers", "width", "head_width", "patch_size", "mlp_ratio", "patch_dropout", "output_tokens",
            "pool_type", "pos_embed_type");
        RequireText(vision, "pool_type", "tok");
        RequireText(vision, "pos_embed_type", "learnable");
        var (height, width) = vision.Sides("image_size") ?? (224, 224);
        if (height != width || height < 1) throw vision.Wrong("image_size", "a square", $"{height}×{width}");
        var heads = Math.Max(1, vision.Count("width", 768) / vision.Count("head_width", 64));
        var shape = new VisionShape(Shape(vision, 768, heads, activation, "head_width"), height, vision.Count("patch_size", 16));
        return shape.Grid > 0 ? shape : throw vision.Wrong("patch_size", $"at most image_size, {height}", $"{shape.PatchSize}");
    }

    private static TransformerShape Shape(JsonSettings tower, int otherwise, int heads, Activation activation, string nameOfHeads)
    {
        var width = tower.Count("width", otherwise);
        if (width % heads != 0) throw tower.Wrong(nameOfHeads, $"heads that divide the width, {width}", $"{heads} heads");
        var hidden = (int)(width * tower.Number("mlp_ratio", 4.0));
        return hidden > 0 ? new(width, tower.Count("layers", 12), heads, hidden, activation, 1e-5f)
            : throw tower.Wrong("mlp_ratio", "a number above zero", $"{tower.Number("mlp_ratio", 4.0)}");
    }

    private static void RequireText(JsonSettings tower, string name, string known)
    {
        if (tower.Text(name, known) is var value && value != known) throw tower.Wrong(name, $"\"{known}\"", $"\"{value}\"");
    }
}
