using DataType = Ipo.ClipScorer.Model.Onnx.TensorProto.Types.DataType;

namespace Ipo.ClipScorer.Model;

/// <summary>
/// The text tower for a card: whole texts of many lengths, padded to the longest. A card is done with the arithmetic before the next
/// operator is launched, so few operators count for more than few tokens: one product for queries, keys and values, attention as one
/// operator, and no second run for a prefix. The tower is causal, so what is padded behind a text's end changes nothing in front of it,
/// and no mask is needed.
/// </summary>
internal static class PaddedTextGraph
{
    public const string Ids = "ids";
    public const string Ends = "ends";
    public const string Features = "features";

    /// <summary>In: ids [B, S], padded behind the end with any known id; the row of each text's end among all B·S rows, [B]. Out:
    /// projected features [B, D] in fp32, not normalised.</summary>
    public static byte[] Build(ClipConfig config, Weights weights, bool half)
    {
        var shape = config.Text.Shape;
        var graph = new GraphBuilder("text_padded", weights, half);
        var blocks = new TransformerGraph(graph, TextGraph.Tower, shape);
        var ids = graph.Input(Ids, DataType.Int64, "B", "S");
        var ends = graph.Input(Ends, DataType.Int64, "B");

        var length = graph.Add("Shape", [ids], ("start", 1));
        var items = graph.Add("Concat", [graph.Add("Shape", [ids]), graph.Integers(3 * shape.Width)], ("axis", 0));
        var tokens = graph.Add("Add", [TextGraph.Embedding(graph, config.Text, ids), TextGraph.Positions(graph, config.Text, graph.Integers(0), length)]);
        var rows = graph.Add("Reshape", [tokens, graph.Integers(-1, shape.Width)]);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var asked = graph.Add("Reshape", [blocks.QueriesKeysValues(blocks.NormaliseForAttention(rows, layer), layer), items]);
            var parts = graph.AddMany("Split", [asked], 3, ("axis", -1), ("num_outputs", 3));
            var attended = graph.Add("Reshape",
                [graph.AddMicrosoft("MultiHeadAttention", parts, ("num_heads", shape.Heads), ("unidirectional", 1)), graph.Integers(-1, shape.Width)]);
            // Behind its attention the last block computes the ends alone, because nothing else of its output is read.
            rows = layer == shape.Layers - 1 ? blocks.Finish(AtEnds(attended), AtEnds(rows), layer) : blocks.Finish(attended, rows, layer);
        }
        var features = blocks.Project(rows, $"{TextGraph.Tower}.final_layer_norm", "text_projection", config.EmbeddingDimension);
        graph.Output(Features, features, DataType.Float, "B", config.EmbeddingDimension);
        return graph.Build();

        string AtEnds(string all) => graph.Add("Gather", [all, ends], ("axis", 0));
    }
}
