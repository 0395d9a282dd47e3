using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Microsoft.ML.OnnxRuntime;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.Benchmarks.Baselines;

/// <summary>
/// The text tower as usual exports have it: every text padded to the whole context, 64 at a time, all layers over all tokens, read
/// at the end token. On the same runtime, with the same fused operators, the same prepacked weights and as many runs side by side as
/// ours (for it that is a tie with one run on all threads), so that a ratio shows what exact lengths and the shared prefix save and
/// nothing else.
/// </summary>
internal sealed class PaddedText : IDisposable
{
    public const int Batch = 64;

    private readonly GraphSession _session;
    private readonly long[] _ids;
    private readonly long[] _ends;
    private readonly float[][] _features;
    private readonly int _context;
    private readonly int _dimension;

    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="texts">Texts with start and end, at least <see cref="Batch"/>.</param>
    /// <param name="fusedAttention">Whether attention is one operator of ONNX Runtime or plain products.</param>
    public PaddedText(string checkpoint, ExecutionDevice device, IReadOnlyList<int[]> texts, bool fusedAttention)
    {
        var config = ClipConfig.Load(checkpoint);
        var weights = Weights.Open(checkpoint);
        (_context, _dimension) = (config.Text.ContextLength, config.EmbeddingDimension);
        _session = new(Graph(config, weights, fusedAttention), device, weights);
        (_ids, _ends, _features) = (new long[Batch * _context], new long[Batch], [.. Enumerable.Range(0, device.RunsAtOnce).Select(_ => new float[Batch * _dimension])]);
        for (var text = 0; text < Batch; text++)
        {
            for (var at = 0; at < texts[text].Length; at++) _ids[text * _context + at] = texts[text][at];
            _ends[text] = text * _context + texts[text].Length - 1;
        }
    }

    /// <summary>Texts that one call encodes.</summary>
    public int Texts => Batch * _features.Length;

    /// <summary>Encodes a batch on each thread.</summary>
    /// <returns>The features of one of them.</returns>
    public float[] Run()
    {
        ParallelRun.Run(_features, _features.Length, Encode, CancellationToken.None);
        return _features[0];
    }

    public void Dispose() => _session.Dispose();

    private void Encode(float[] output)
    {
        using var ids = OrtValue.CreateTensorValueFromMemory(_ids, [Batch, _context]);
        using var ends = OrtValue.CreateTensorValueFromMemory(_ends, [Batch]);
        using var features = OrtValue.CreateTensorValueFromMemory(output, [Batch, _dimension]);
        _session.Run(["ids", "ends"], [ids, ends], "features", features, CancellationToken.None);
    }

    private static byte[] Graph(ClipConfig config, Weights weights, bool fusedAttention)
    {
        var shape = config.Text.Shape;
        var (context, width) = (config.Text.ContextLength, shape.Width);
        var graph = new GraphBuilder("text_padded", weights, half: false);
        var blocks = new TransformerGraph(graph, "text_model", shape);
        var ids = graph.Input("ids", DataType.Int64, Batch, context);
        var ends = graph.Input("ends", DataType.Int64, Batch);
        var tokens = graph.Add("Add",
            [graph.PreciseRows("text_model.embeddings.token_embedding.weight", ids, config.Text.VocabularySize, width), graph.Weight("text_model.embeddings.position_embedding.weight", context, width)]);
        var rows = graph.Add("Reshape", [tokens, graph.Integers(-1, width)]);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var normalised = blocks.NormaliseForAttention(rows, layer);
            var (queries, keys, values) = (blocks.Queries(normalised, layer), blocks.Keys(normalised, layer), blocks.Values(normalised, layer));
            rows = blocks.Finish(fusedAttention ? Fused(queries, keys, values) : Plain(queries, keys, values), rows, layer);
        }
        var final = blocks.Normalise(graph.Add("Gather", [rows, ends], ("axis", 0)), "text_model.final_layer_norm");
        graph.Output("features", graph.Add("Gemm", [final, graph.Weight("text_projection.weight", config.EmbeddingDimension, width)], ("transB", 1)), DataType.Float, Batch, config.EmbeddingDimension);
        return graph.Build();

        string Fused(string queries, string keys, string values) => graph.Add("Reshape",
            [graph.AddMicrosoft("MultiHeadAttention", [Items(queries), Items(keys), Items(values)], ("num_heads", shape.Heads), ("unidirectional", 1)), graph.Integers(-1, width)]);

        string Items(string all) => graph.Add("Reshape", [all, graph.Integers(Batch, context, width)]);

        string Plain(string queries, string keys, string values)
        {
            var split = graph.Integers(Batch, context, shape.Heads, shape.HeadWidth);
            var scaled = graph.Add("Mul", [blocks.ToHeads(queries, split, 0, 2, 1, 3), graph.Number(1 / MathF.Sqrt(shape.HeadWidth))]);
            var scores = graph.Add("Add", [graph.Add("MatMul", [scaled, blocks.ToHeads(keys, split, 0, 2, 3, 1)]), Mask(graph, context)]);
            return blocks.FromHeads(graph.Add("MatMul", [graph.Add("Softmax", [scores], ("axis", -1)), blocks.ToHeads(values, split, 0, 2, 1, 3)]));
        }
    }

    private static string Mask(GraphBuilder graph, int context)
    {
        var mask = new float[context * context];
        for (var row = 0; row < context; row++) mask.AsSpan(row * context + row + 1, context - row - 1).Fill(-65_504);
        return graph.Numbers("causal_mask", [context, context], mask);
    }
}
