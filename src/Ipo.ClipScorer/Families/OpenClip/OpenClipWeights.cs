using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;

namespace Ipo.ClipScorer.Families.OpenClip;

/// <summary>open_clip's weights under the names that the graphs of <see cref="Families.Clip"/> know: queries, keys and
/// values are parts of one tensor there, and both projections are multiplied from the other side.</summary>
internal static class OpenClipWeights
{
    private static readonly string[] Names = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"];

    /// <exception cref="CheckpointException">A file or a tensor is missing or damaged, or of another shape than the
    /// configuration says.</exception>
    public static Weights Open(string folder, ClipConfig config)
    {
        var source = Weights.Open(folder, Names);
        return source.As(new Renaming(source, config).Tensors);
    }

    private sealed class Renaming
    {
        private readonly Weights _source;

        public Renaming(Weights source, ClipConfig config)
        {
            _source = source;
            var (text, vision, dimension) = (config.Text, config.Vision, config.EmbeddingDimension);
            // A model with a tower of its own class (custom_text) has the text tower under "text".
            var root = source.Has("text.token_embedding.weight") ? "text." : "";
            Tensors[ClipCheckpoint.Scale] = source.RequireNumber(ClipCheckpoint.Scale);
            if (source.Has(ClipCheckpoint.Bias)) Tensors[ClipCheckpoint.Bias] = source.RequireNumber(ClipCheckpoint.Bias);

            const string words = "text_model.embeddings";
            Take($"{root}token_embedding.weight", $"{words}.token_embedding.weight", text.VocabularySize, text.Shape.Width);
            Take($"{root}positional_embedding", $"{words}.position_embedding.weight", text.ContextLength, text.Shape.Width);
            Blocks($"{root}transformer", "text_model", text.Shape);
            Linear($"{root}ln_final", "text_model.final_layer_norm", text.Shape.Width);
            Projection($"{root}text_projection", "text_projection.weight", text.Shape.Width, dimension);

            var (images, patch) = ("vision_model.embeddings", vision.PatchSize);
            Take("visual.class_embedding", $"{images}.class_embedding", vision.Shape.Width);
            Take("visual.conv1.weight", $"{images}.patch_embedding.weight", vision.Shape.Width, 3, patch, patch);
            Take("visual.positional_embedding", $"{images}.position_embedding.weight", vision.Tokens, vision.Shape.Width);
            Linear("visual.ln_pre", "vision_model.pre_layrnorm", vision.Shape.Width);
            Blocks("visual.transformer", "vision_model", vision.Shape);
            Linear("visual.ln_post", "vision_model.post_layernorm", vision.Shape.Width);
            Projection("visual.proj", "visual_projection.weight", vision.Shape.Width, dimension);
        }

        public Dictionary<string, StoredTensor> Tensors { get; } = [];

        private void Blocks(string from, string to, TransformerShape shape)
        {
            for (var layer = 0; layer < shape.Layers; layer++)
            {
                var (old, block) = ($"{from}.resblocks.{layer}", $"{to}.encoder.layers.{layer}");
                Linear($"{old}.ln_1", $"{block}.layer_norm1", shape.Width);
                Attention($"{old}.attn", $"{block}.self_attn", shape.Width);
                Linear($"{old}.ln_2", $"{block}.layer_norm2", shape.Width);
                Linear($"{old}.mlp.c_fc", $"{block}.mlp.fc1", shape.Hidden, shape.Width);
                Linear($"{old}.mlp.c_proj", $"{block}.mlp.fc2", shape.Width, shape.Hidden);
            }
        }

        private void Attention(string from, string to, int width)
        {
            var weight = _source.Require($"{from}.in_proj_weight", 3 * width, width);
            var bias = _source.Require($"{from}.in_proj_bias", 3 * width);
            foreach (var (part, name) in (ReadOnlySpan<(int, string)>)[(0, "q_proj"), (1, "k_proj"), (2, "v_proj")])
            {
                Tensors[$"{to}.{name}.weight"] = weight.Rows(part * width, width);
                Tensors[$"{to}.{name}.bias"] = bias.Rows(part * width, width);
            }
            Linear($"{from}.out_proj", $"{to}.out_proj", width, width);
        }

        // A weight, and a bias of as many numbers as the weight has rows.
        private void Linear(string from, string to, params ReadOnlySpan<long> shape)
        {
            Take($"{from}.weight", $"{to}.weight", shape);
            Take($"{from}.bias", $"{to}.bias", shape[0]);
        }

        private void Projection(string from, string to, int width, int dimension) =>
            Tensors[to] = _source.Require(from, width, dimension).Transposed();

        private void Take(string from, string to, params ReadOnlySpan<long> shape) => Tensors[to] = _source.Require(from, shape);
    }
}
