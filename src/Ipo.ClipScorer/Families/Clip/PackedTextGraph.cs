using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Packing;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>
/// The text tower for a card: all texts of a run at once, packed into sequences (<see cref="PackedShape"/>). What
/// counts on a card is few operators and few passes over memory: large products, biases, residual and normalisation as
/// one operator, attention over sequences that fill its tiles.
/// </summary>
internal static class PackedTextGraph
{
    /// <summary>Tokens of a sequence: so many that what is shared weighs little and attention's tiles are full, and
    /// no fewer than a text may have.</summary>
    public static int Length(ClipConfig config) => Math.Max(128, (config.Text.ContextLength + 7) / 8 * 8);

    /// <summary>In: ids, positions and segments [N, length], ends [B], all int32, as <see cref="PackedShape.Write"/>
    /// writes them. Out: projected features [B, D] in fp32, not normalised.</summary>
    public static byte[] Build(ClipConfig config, Weights weights, bool half)
    {
        var (shape, length) = (config.Text.Shape, Length(config));
        var graph = new GraphBuilder("text_packed", weights, half);
        var blocks = new TransformerGraph(graph, TextGraph.Tower, shape);
        var fused = new FusedBlocks(graph, blocks, shape);
        var ids = OnCard(PackedShape.Ids, "N", length);
        var positions = OnCard(PackedShape.Positions, "N", length);
        var segments = OnCard(PackedShape.Segments, "N", length);
        var ends = OnCard(PackedShape.Ends, "B");
        var mask = Mask(graph, segments, length);

        var tokens = graph.Add("Add",
            [TextGraph.Embedding(graph, config.Text, ids),
             graph.Add("Gather", [TextGraph.PositionTable(graph, config.Text), positions])]);
        var residual = graph.Add("Reshape", [tokens, graph.Integers(-1, shape.Width)]);
        var normalised = blocks.Normalise(residual, NormOf(0));
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var isLast = layer == shape.Layers - 1;
            var attended = fused.Attention(normalised, mask, length, layer);
            // Behind its attention the last block computes the ends alone, because nothing else of its output is read.
            if (isLast) (attended, residual) = (AtEnds(attended), AtEnds(residual));
            (normalised, residual) = fused.Finish(attended, residual, layer, isLast ? TextGraph.FinalNorm : NormOf(layer + 1));
        }
        var features = blocks.Project(normalised, "text_projection", config.EmbeddingDimension);
        graph.Output(PackedShape.Features, features, DataType.Float, "B", config.EmbeddingDimension);
        return graph.Build();

        // On the card: every operator that reads the host's memory reads it over the
        // bus, some again for each number they write.
        string OnCard(string input, params ReadOnlySpan<object> axes) =>
            graph.Add("Cast", [graph.Input(input, DataType.Int32, axes)], ("to", (long)DataType.Int64));

        string NormOf(int layer) => $"{blocks.Block(layer)}.layer_norm1";

        string AtEnds(string all) => graph.Add("Gather", [all, ends]);
    }

    // [N, 1, length, length], added to the scores: nothing where a token (third axis) may see another (fourth), which
    // is in front of it or itself, and shared or of its own text.
    private static string Mask(GraphBuilder graph, string segments, int length)
    {
        var asking = graph.Add("Unsqueeze", [segments, graph.Integers(1, 3)]);
        var seen = graph.Add("Unsqueeze", [segments, graph.Integers(1, 2)]);
        var mayBeSeen = graph.Add("Or",
            [graph.Add("Equal", [asking, seen]), graph.Add("Equal", [seen, graph.Integer(PackedShape.Shared)])]);
        var ofOthers = graph.Add("Where", [mayBeSeen, graph.Number(0), graph.Number(TextGraph.Unseen)]);
        return graph.Add("Min", [ofOthers, TextGraph.CausalMask(graph, length)]);
    }
}
