using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Graphs;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.ClipScorer.Families.Siglip;

/// <summary>
/// The text tower. Every token sees every other, padding too, so a text is always computed at its full length: nothing is
/// shared between texts and nothing can be left out, but for the last block, which computes the last position alone,
/// because nothing else of its output is read.
/// </summary>
internal static class TextGraph
{
    public const string Ids = "ids";
    public const string Features = "features";

    private const string Tower = "text_model";

    /// <summary>In: ids [B, context], int64, padded. Out: features [B, D] in fp32, not normalised.</summary>
    public static byte[] Build(SiglipConfig config, Weights weights, bool half)
    {
        var (text, shape) = (config.Text, config.Text.Shape);
        var graph = new GraphBuilder("text", weights, half);
        var blocks = new TransformerGraph(graph, Tower, shape);
        var ids = graph.Input(Ids, DataType.Int64, "B", text.ContextLength);
        var tokens = graph.Add("Add",
            [graph.PreciseRows($"{Tower}.embeddings.token_embedding.weight", ids, text.VocabularySize, shape.Width),
             graph.PreciseWeight($"{Tower}.embeddings.position_embedding.weight", text.ContextLength, shape.Width)]);
        var rows = graph.Add("Reshape", [tokens, graph.Integers(-1, shape.Width)]);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var normalised = blocks.NormaliseForAttention(rows, layer);
            var (keys, values) = (blocks.Keys(normalised, layer), blocks.Values(normalised, layer));
            var isLast = layer == shape.Layers - 1;
            if (isLast) (normalised, rows) = (LastOfEach(normalised), LastOfEach(rows));
            var attended = blocks.Attend(
                Items(blocks.Queries(normalised, layer), isLast ? 1 : text.ContextLength),
                Items(keys, text.ContextLength), Items(values, text.ContextLength));
            rows = blocks.Finish(attended, rows, layer);
        }
        var features = blocks.ProjectWithBias(
            blocks.Normalise(rows, $"{Tower}.final_layer_norm"), $"{Tower}.head", config.EmbeddingDimension);
        graph.Output(Features, features, DataType.Float, "B", config.EmbeddingDimension);
        return graph.Build();

        string Items(string all, int length) => graph.Add("Reshape", [all, graph.Integers(-1, length, shape.Width)]);

        string LastOfEach(string all) => graph.Add("Gather", [Items(all, text.ContextLength), graph.Integer(-1)], ("axis", 1));
    }
}
