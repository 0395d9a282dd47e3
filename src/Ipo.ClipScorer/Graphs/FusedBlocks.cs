namespace Ipo.ClipScorer.Graphs;

/// <summary>
/// A tower's blocks in the forms that a card runs fastest: a pass over memory takes as long there as a product. A
/// linear layer with a bias writes the bias by a product of its own first, so products have none, and biases are added
/// where rows are read anyway: by the attention, and together with the residual and the normalisation behind it. On the
/// CPU these forms are slower than those of <see cref="TransformerGraph"/>. Activations are two-dimensional, [rows,
/// width]; what is fp32 in an fp16 graph is so there too.
/// </summary>
/// <param name="graph">The graph to add to.</param>
/// <param name="blocks">The tower.</param>
/// <param name="shape">The tower's shape.</param>
internal sealed class FusedBlocks(GraphBuilder graph, TransformerGraph blocks, TransformerShape shape)
{
    /// <summary>A block's attention over sequences of one length.</summary>
    /// <param name="normalised">The block's input, normalised, fp32.</param>
    /// <param name="mask">[sequences, 1, length, length], added to the scores.</param>
    /// <param name="length">Rows of a sequence.</param>
    /// <param name="layer">The block.</param>
    public string Attention(string normalised, string mask, int length, int layer)
    {
        var rows = graph.FromPrecise(normalised);
        var biases = graph.Add("Concat", [Bias("q_proj"), Bias("k_proj"), Bias("v_proj")], ("axis", 0));
        var attended = graph.AddMicrosoft("MultiHeadAttention",
            [Items("q_proj"), Items("k_proj"), Items("v_proj"), biases, "", mask], ("num_heads", shape.Heads));
        return graph.Add("Reshape", [attended, graph.Integers(-1, shape.Width)]);

        // Apart: one product for all three would be as fast, and have to be split.
        string Items(string projection) => graph.Add("Reshape",
            [Product(rows, Name(projection), shape.Width, shape.Width), graph.Integers(-1, length, shape.Width)]);

        string Bias(string projection) => graph.Weight($"{Name(projection)}.bias", shape.Width);

        string Name(string projection) => $"{blocks.Block(layer)}.self_attn.{projection}";
    }

    /// <summary>The rest of a block behind its attention, and the normalisation that follows the block.</summary>
    /// <param name="attended">What the attention gave.</param>
    /// <param name="residual">The block's input in the same rows, fp32.</param>
    /// <param name="layer">The block.</param>
    /// <param name="nextNorm">The name of the normalisation that follows.</param>
    /// <returns>The block's output normalised, and the output itself, both fp32.</returns>
    public (string Normalised, string Residual) Finish(string attended, string residual, int layer, string nextNorm)
    {
        var block = blocks.Block(layer);
        var (normalised, rows) = AddAndNormalise(attended, residual, $"{block}.self_attn.out_proj", shape.Width, $"{block}.layer_norm2");
        var hidden = Product(graph.FromPrecise(normalised), $"{block}.mlp.fc1", shape.Hidden, shape.Width);
        var active = blocks.Activated(graph.Add("Add", [hidden, graph.Weight($"{block}.mlp.fc1.bias", shape.Hidden)]));
        return AddAndNormalise(active, rows, $"{block}.mlp.fc2", shape.Hidden, nextNorm);
    }

    private (string Normalised, string Sum) AddAndNormalise(
        string rows, string residual, string linear, int inputs, string norm) =>
        graph.AddMicrosoftEnds("SkipLayerNormalization",
            [graph.ToPrecise(Product(rows, linear, shape.Width, inputs)), residual,
             graph.PreciseWeight($"{norm}.weight", shape.Width), graph.PreciseWeight($"{norm}.bias", shape.Width),
             graph.PreciseWeight($"{linear}.bias", shape.Width)],
            4, ("epsilon", shape.Epsilon));

    private string Product(string rows, string linear, int outputs, int inputs) =>
        graph.AddMicrosoft("FusedMatMul", [rows, graph.Weight($"{linear}.weight", outputs, inputs)], ("transB", 1));
}
