namespace Ipo.ClipScorer.Graphs;

/// <summary>
/// What the blocks of both towers share. Activations stay two-dimensional, [rows, width], so that a linear layer is one
/// Gemm on the torch weight as it is stored (transB), with no transpose and no copy. In an fp16 graph the products are
/// fp16 (a card accumulates them in fp32), and fp32 stays where many small parts add up: the residual stream, to which
/// every block adds twice, the normalisations over it, and the final projection.
/// </summary>
/// <param name="graph">The graph to add to.</param>
/// <param name="tower">"text_model" or "vision_model".</param>
/// <param name="shape">The tower's shape.</param>
internal sealed class TransformerGraph(GraphBuilder graph, string tower, TransformerShape shape)
{
    /// <summary>Layer normalisation over each row, fp32 in and out.</summary>
    public string Normalise(string rows, string layer) => graph.Add("LayerNormalization",
        [rows, graph.PreciseWeight($"{layer}.weight", shape.Width), graph.PreciseWeight($"{layer}.bias", shape.Width)],
        ("axis", -1), ("epsilon", shape.Epsilon));

    /// <summary>The first normalisation of a block, in front of its attention: from the
    /// residual stream to the graph's type.</summary>
    public string NormaliseForAttention(string rows, int layer) => graph.FromPrecise(Normalise(rows, $"{Block(layer)}.layer_norm1"));

    /// <summary>The last step of a tower, in fp32: its end tokens' normalised rows times the projection.</summary>
    public string Project(string normalised, string projection, int dimension) => graph.Add("Gemm",
        [normalised, graph.PreciseWeight($"{projection}.weight", dimension, shape.Width)], ("transB", 1));

    /// <summary>The last step of a tower whose head has a bias, in fp32.</summary>
    public string ProjectWithBias(string normalised, string head, int dimension) => graph.Add("Gemm",
        [normalised, graph.PreciseWeight($"{head}.weight", dimension, shape.Width), graph.PreciseWeight($"{head}.bias", dimension)],
        ("transB", 1));

    /// <summary>Attention without a mask, all heads in one operator.</summary>
    /// <param name="queries">[batch, tokens that ask, width].</param>
    /// <param name="keys">[batch, tokens, width].</param>
    /// <param name="values">[batch, tokens, width].</param>
    /// <returns>Rows, [batch·tokens that ask, width].</returns>
    public string Attend(string queries, string keys, string values) => graph.Add("Reshape",
        [graph.AddMicrosoft("MultiHeadAttention", [queries, keys, values], ("num_heads", shape.Heads)), graph.Integers(-1, shape.Width)]);

    /// <summary>Queries of a block, one row for each input row; the scale of attention is not in them.</summary>
    public string Queries(string normalised, int layer) => Projection(normalised, layer, "q_proj");

    public string Keys(string normalised, int layer) => Projection(normalised, layer, "k_proj");

    public string Values(string normalised, int layer) => Projection(normalised, layer, "v_proj");

    /// <summary>From [batch·tokens, width] to [batch, heads, tokens, head width], or
    /// with a permutation of its own.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="splitShape">Batch, tokens, heads, head width; one of them may be -1.</param>
    /// <param name="permutation">Of batch, tokens, heads, head width.</param>
    public string ToHeads(string rows, string splitShape, params long[] permutation) =>
        graph.Add("Transpose", [graph.Add("Reshape", [rows, splitShape])], ("perm", permutation));

    /// <summary>From [batch, heads, tokens, head width] back to rows.</summary>
    public string FromHeads(string heads) => graph.Add("Reshape",
        [graph.Add("Transpose", [heads], ("perm", new long[] { 0, 2, 1, 3 })), graph.Integers(-1, shape.Width)]);

    /// <summary>The rest of a block behind its attention: projection, residual, and the
    /// two linear layers with theirs.</summary>
    /// <param name="attended">What the attention gave, [rows, width].</param>
    /// <param name="residual">The block's input in the same rows, fp32.</param>
    /// <param name="layer">The block.</param>
    public string Finish(string attended, string residual, int layer)
    {
        var rows = graph.Add("Add", [residual, graph.ToPrecise(Projection(attended, layer, "out_proj"))]);
        return FeedForward(rows, $"{Block(layer)}.layer_norm2", $"{Block(layer)}.mlp");
    }

    /// <summary>Two linear layers behind a normalisation, added to what goes in.</summary>
    /// <param name="rows">The rows, fp32 in and out.</param>
    /// <param name="norm">The name of the normalisation.</param>
    /// <param name="layers">The name of the layers, without "fc1" and "fc2".</param>
    public string FeedForward(string rows, string norm, string layers)
    {
        var active = Activated(Linear(graph.FromPrecise(Normalise(rows, norm)), $"{layers}.fc1", shape.Hidden, shape.Width));
        return graph.Add("Add", [rows, graph.ToPrecise(Linear(active, $"{layers}.fc2", shape.Width, shape.Hidden))]);
    }

    /// <summary>The activation between a block's two linear layers.</summary>
    public string Activated(string hidden) => shape.Activation switch
    {
        Activation.QuickGelu => graph.AddMicrosoft("QuickGelu", [hidden], ("alpha", 1.702f)),
        Activation.GeluTanh => graph.AddMicrosoft("FastGelu", [hidden]),
        _ => graph.AddMicrosoft("Gelu", [hidden]),
    };

    /// <summary>The name of a block's tensors, without their last parts.</summary>
    public string Block(int layer) => $"{tower}.encoder.layers.{layer}";

    private string Projection(string rows, int layer, string projection) =>
        Linear(rows, $"{Block(layer)}.self_attn.{projection}", shape.Width, shape.Width);

    /// <summary>A linear layer with a bias, in the type the graph computes in.</summary>
    public string Linear(string rows, string layer, int outputs, int inputs) =>
        graph.Add("Gemm", [rows, graph.Weight($"{layer}.weight", outputs, inputs), graph.Weight($"{layer}.bias", outputs)], ("transB", 1));
}
