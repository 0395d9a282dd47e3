using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Siglip;
using Ipo.ClipScorer.Graphs;
using Microsoft.ML.OnnxRuntime;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.Benchmarks.Baselines;

/// <summary>SigLIP's text tower as usual exports have it: many texts at a time, all layers over all tokens, then the last position. On the
/// same runtime with the same operators as ours, a batch on each thread.</summary>
internal sealed class PaddedSiglipText : IDisposable
{
    public const int Batch = 16; // 1,024 rows: more are no faster

    private readonly GraphSession _session;
    private readonly long[] _ids;
    private readonly float[][] _features;
    private readonly SiglipConfig _config;

    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="texts">Padded texts, at least <see cref="Batch"/>.</param>
    /// <param name="fusedAttention">Whether attention is one operator of ONNX Runtime or plain products.</param>
    public PaddedSiglipText(string checkpoint, ExecutionDevice device, IReadOnlyList<int[]> texts, bool fusedAttention)
    {
        (_config, var weights) = (SiglipConfig.Load(checkpoint), Weights.Open(checkpoint));
        _session = new(Graph(_config, weights, fusedAttention), device, weights);
        _ids = [.. texts.Take(Batch).SelectMany(text => text).Select(id => (long)id)];
        _features = [.. Enumerable.Range(0, device.RunsAtOnce).Select(_ => new float[Batch * _config.EmbeddingDimension])];
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
        using var ids = OrtValue.CreateTensorValueFromMemory(_ids, [Batch, _config.Text.ContextLength]);
        using var features = OrtValue.CreateTensorValueFromMemory(output, [Batch, _config.EmbeddingDimension]);
        _session.Run(["ids"], [ids], "features", features, CancellationToken.None);
    }

    private static byte[] Graph(SiglipConfig config, Weights weights, bool fusedAttention)
    {
        var (shape, context) = (config.Text.Shape, config.Text.ContextLength);
        var graph = new GraphBuilder("siglip_padded", weights, half: false);
        var blocks = new TransformerGraph(graph, "text_model", shape);
        var ids = graph.Input("ids", DataType.Int64, Batch, context);
        var tokens = graph.Add("Add",
            [graph.PreciseRows("text_model.embeddings.token_embedding.weight", ids, config.Text.VocabularySize, shape.Width),
             graph.Weight("text_model.embeddings.position_embedding.weight", context, shape.Width)]);
        var rows = graph.Add("Reshape", [tokens, graph.Integers(-1, shape.Width)]);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var normalised = blocks.NormaliseForAttention(rows, layer);
            var (queries, keys, values) = (blocks.Queries(normalised, layer), blocks.Keys(normalised, layer), blocks.Values(normalised, layer));
            rows = blocks.Finish(fusedAttention ? blocks.Attend(Items(queries), Items(keys), Items(values)) : Plain(queries, keys, values), rows, layer);
        }
        var final = blocks.Normalise(graph.Add("Gather", [Items(rows), graph.Integer(-1)], ("axis", 1)), "text_model.final_layer_norm");
        graph.Output("features", blocks.ProjectWithBias(final, "text_model.head", config.EmbeddingDimension), DataType.Float, Batch, config.EmbeddingDimension);
        return graph.Build();

        string Items(string all) => graph.Add("Reshape", [all, graph.Integers(Batch, context, shape.Width)]);

        string Plain(string queries, string keys, string values)
        {
            var split = graph.Integers(Batch, context, shape.Heads, shape.HeadWidth);
            var scaled = graph.Add("Mul", [blocks.ToHeads(queries, split, 0, 2, 1, 3), graph.Number(1 / MathF.Sqrt(shape.HeadWidth))]);
            var probabilities = graph.Add("Softmax", [graph.Add("MatMul", [scaled, blocks.ToHeads(keys, split, 0, 2, 3, 1)])], ("axis", -1));
            return blocks.FromHeads(graph.Add("MatMul", [probabilities, blocks.ToHeads(values, split, 0, 2, 1, 3)]));
        }
    }
}
