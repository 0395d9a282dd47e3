using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Graphs;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>
/// The text tower behind a shared prefix. All classes of a template begin with the same tokens, and the tower
/// is causal: the keys and values of those tokens are computed once, and many texts of equal length are
/// encoded that stand behind them. The same graph does both, so that the weights are laid out once: run on the
/// prefix it gives keys and values back, and run on what stands behind it takes them. With an empty prefix it
/// is the exact-length text tower. The last block computes a text's end alone, because nothing else of its
/// output is read. The end stands last in every row.
/// </summary>
internal static class TextGraph
{
    public const string Ids = "ids";
    public const string PrefixKeys = "prefix_keys";
    public const string PrefixValues = "prefix_values";
    public const string Kept = "kept";
    public const string Features = "features";
    public const string Keys = "keys";
    public const string Values = "values";

    public const string Tower = "text_model";

    /// <summary>Added to the score of what a token may not see: so low that its probability is exactly zero.
    /// It is the lowest number of fp16.</summary>
    public const float Unseen = -65_504;

    /// <summary>The name of the normalisation behind the last block.</summary>
    public const string FinalNorm = $"{Tower}.final_layer_norm";

    /// <summary>
    /// In: ids [B, S] of equal length; a prefix's keys [layers, heads, head width, P] and values [layers, heads, P,
    /// head width] in fp32; how many texts' own keys and values to keep, 0 or 1. Out: projected features [B, D] in
    /// fp32, not normalised; the first text's keys and values in the form of a prefix's, or with no layers where none
    /// are kept. The prefix has no batch axis: the products broadcast it, without a copy for each text.
    /// </summary>
    public static byte[] Build(ClipConfig config, Weights weights)
    {
        var shape = config.Text.Shape;
        var graph = new GraphBuilder("text", weights, half: false);
        var blocks = new TransformerGraph(graph, Tower, shape);
        var ids = graph.Input(Ids, DataType.Int64, "B", "S");
        var prefixKeys = graph.Input(PrefixKeys, graph.Float, shape.Layers, shape.Heads, shape.HeadWidth, "P");
        var prefixValues = graph.Input(PrefixValues, graph.Float, shape.Layers, shape.Heads, "P", shape.HeadWidth);
        var kept = graph.Input(Kept, DataType.Int64, 1);

        var batch = graph.Add("Shape", [ids], ("start", 0), ("end", 1));
        var length = graph.Add("Shape", [ids], ("start", 1));
        var prefix = graph.Add("Shape", [prefixKeys], ("start", 3));
        var parts = graph.Add("Concat", [prefix, length], ("axis", 0));
        var mask = graph.Add("Slice",
            [CausalMask(graph, config.Text.ContextLength), graph.Integers(0, 0),
             graph.Add("Concat", [length, length], ("axis", 0)), graph.Integers(0, 1)]);
        var split = graph.Add("Concat", [batch, length, graph.Integers(shape.Heads, shape.HeadWidth)], ("axis", 0));
        var splitLast = graph.Integers(-1, 1, shape.Heads, shape.HeadWidth);
        var items = graph.Add("Concat", [batch, length, graph.Integers(shape.Width)], ("axis", 0));

        var tokens = graph.Add("Add", [Embedding(graph, config.Text, ids), Positions(graph, config.Text, prefix, length)]);
        var rows = graph.Add("Reshape", [tokens, graph.Integers(-1, shape.Width)]);
        var (keptKeys, keptValues) = (new List<string>(), new List<string>());
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var isLast = layer == shape.Layers - 1;
            var normalised = blocks.NormaliseForAttention(rows, layer);
            var keys = blocks.ToHeads(blocks.Keys(normalised, layer), split, 0, 2, 3, 1);
            var values = blocks.ToHeads(blocks.Values(normalised, layer), split, 0, 2, 1, 3);
            keptKeys.Add(First(keys));
            keptValues.Add(First(values));
            var asking = isLast ? Ends(normalised) : normalised;
            var queries = Scaled(graph, shape, blocks.ToHeads(blocks.Queries(asking, layer), isLast ? splitLast : split, 0, 2, 1, 3));
            var own = graph.Add("MatMul", [queries, keys]);
            // The end of a text sees everything.
            if (!isLast) own = graph.Add("Add", [own, mask]);
            var shared = graph.Add("MatMul", [queries, Layer(prefixKeys, layer)]);
            var probabilities = graph.Add("Softmax", [graph.Add("Concat", [shared, own], ("axis", -1))], ("axis", -1));
            var on = graph.AddMany("Split", [probabilities, parts], 2, ("axis", -1)); // on the prefix, on its own tokens
            var attended = graph.Add("Add",
                [graph.Add("MatMul", [on[0], Layer(prefixValues, layer)]), graph.Add("MatMul", [on[1], values])]);
            rows = blocks.Finish(blocks.FromHeads(attended), isLast ? Ends(rows) : rows, layer);
        }
        var features = blocks.Project(blocks.Normalise(rows, FinalNorm), "text_projection", config.EmbeddingDimension);
        graph.Output(Features, features, DataType.Float, "B", config.EmbeddingDimension);
        graph.Output(Keys, graph.Add("Concat", keptKeys.ToArray(), ("axis", 0)), graph.Float, "K", shape.Heads, shape.HeadWidth, "S");
        graph.Output(Values, graph.Add("Concat", keptValues.ToArray(), ("axis", 0)), graph.Float, "K", shape.Heads, "S", shape.HeadWidth);
        return graph.Build();

        string Ends(string all) => graph.Add("Gather", [graph.Add("Reshape", [all, items]), graph.Integer(-1)], ("axis", 1));

        string Layer(string stacked, int layer) => graph.Add("Gather", [stacked, graph.Integer(layer)], ("axis", 0));

        // Nothing at all of a run's texts, unless that run is the prefix's.
        string First(string all) => graph.Add("Slice", [all, graph.Integers(0), kept, graph.Integers(0)]);
    }

    /// <summary>The token embeddings of ids, in fp32.</summary>
    public static string Embedding(GraphBuilder graph, TextShape text, string ids) =>
        graph.PreciseRows($"{Tower}.embeddings.token_embedding.weight", ids, text.VocabularySize, text.Shape.Width);

    /// <summary>The position embeddings, [context, width]; in fp32, as all that is added up.</summary>
    public static string PositionTable(GraphBuilder graph, TextShape text) =>
        graph.PreciseWeight($"{Tower}.embeddings.position_embedding.weight", text.ContextLength, text.Shape.Width);

    /// <summary>[length, length]: nothing for what a token may see, <see cref="Unseen"/> for what follows it.</summary>
    public static string CausalMask(GraphBuilder graph, int length)
    {
        var mask = new float[length * length];
        for (var row = 0; row < length; row++) mask.AsSpan(row * length + row + 1, length - row - 1).Fill(Unseen);
        return graph.Numbers("causal_mask", [length, length], mask);
    }

    // The position embeddings of so many tokens from one on, [length, width].
    private static string Positions(GraphBuilder graph, TextShape text, string start, string length) =>
        graph.Add("Slice", [PositionTable(graph, text), start, graph.Add("Add", [start, length]), graph.Integers(0)]);

    private static string Scaled(GraphBuilder graph, TransformerShape shape, string queries) =>
        graph.Add("Mul", [queries, graph.Number(1 / MathF.Sqrt(shape.HeadWidth))]);
}
