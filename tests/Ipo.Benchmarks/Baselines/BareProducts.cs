using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Microsoft.ML.OnnxRuntime;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.Benchmarks.Baselines;

/// <summary>
/// The products of the text tower's linear layers and nothing else: the same weights, the same numbers of rows in the same runs, chained so
/// that none can be left out. What this takes is what ONNX Runtime itself needs for the tower's multiplications on this machine.
/// </summary>
internal sealed class BareProducts : IDisposable
{
    private readonly GraphSession _session;
    private readonly TransformerShape _shape;
    private readonly int _dimension;
    private readonly float[] _rows;
    private readonly float[] _last;

    /// <param name="weights">The checkpoint's tensors.</param>
    /// <param name="shape">The text tower's shape.</param>
    /// <param name="head">The tensor of the last product: [dimension, width].</param>
    /// <param name="dimension">Numbers of an embedding.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="mostRows">Most rows of a run.</param>
    public BareProducts(Weights weights, TransformerShape shape, string head, int dimension, ExecutionDevice device, int mostRows)
    {
        (_shape, _dimension) = (shape, dimension);
        _session = new(Graph(weights, shape, head, dimension), device, weights);
        var random = new Random(3);
        _rows = [.. Enumerable.Range(0, mostRows * _shape.Width).Select(_ => random.NextSingle() - 0.5f)];
        _last = [.. _rows];
    }

    /// <summary>Those of a CLIP checkpoint's folder.</summary>
    public static BareProducts OfClip(string checkpoint, ExecutionDevice device, int mostRows)
    {
        var config = ClipConfig.Load(checkpoint);
        return new(Weights.Open(checkpoint), config.Text.Shape, "text_projection.weight", config.EmbeddingDimension, device, mostRows);
    }

    /// <summary>One run of the tower's products. Thread-safe.</summary>
    /// <param name="items">Texts: the last layer computes one row of each.</param>
    /// <param name="tokens">Rows of each text.</param>
    public void Run(int items, int tokens)
    {
        using var rows = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _rows.AsMemory(0, items * tokens * _shape.Width), [items * tokens, _shape.Width]);
        using var last = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _last.AsMemory(0, items * _shape.Width), [items, _shape.Width]);
        using var features = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, new float[items * _dimension].AsMemory(), [items, _dimension]);
        _session.Run(["rows", "last"], [rows, last], "features", features, CancellationToken.None);
    }

    /// <summary>Multiplications and additions of one such run.</summary>
    public double Flops(int items, int tokens) => Flops(_shape, _dimension, items * tokens, items);

    /// <summary>Multiplications and additions of the text tower's products.</summary>
    /// <param name="shape">The tower's shape.</param>
    /// <param name="dimension">Numbers of an embedding.</param>
    /// <param name="tokens">Rows of all layers but the last.</param>
    /// <param name="texts">Rows of the last, behind its keys and values.</param>
    public static double Flops(TransformerShape shape, int dimension, int tokens, int texts)
    {
        var (width, hidden) = ((double)shape.Width, (double)shape.Hidden);
        var all = (shape.Layers - 1) * (4 * width * width + 2 * width * hidden) + 2 * width * width;
        return 2 * (tokens * all + texts * (2 * width * width + 2 * width * hidden + width * dimension));
    }

    public void Dispose() => _session.Dispose();

    private static byte[] Graph(Weights weights, TransformerShape shape, string head, int dimension)
    {
        var graph = new GraphBuilder("bare_products", weights, half: false);
        var rows = graph.Input("rows", DataType.Float, "R", shape.Width);
        var last = graph.Input("last", DataType.Float, "B", shape.Width);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var isLast = layer == shape.Layers - 1;
            if (isLast) rows = Attention(Attention(rows, layer, "k_proj"), layer, "v_proj");
            else rows = Behind(Attention(Attention(Attention(rows, layer, "q_proj"), layer, "k_proj"), layer, "v_proj"), layer);
            if (isLast) last = Behind(Attention(last, layer, "q_proj"), layer);
        }
        graph.Output("values", rows, DataType.Float, "R", shape.Width);
        graph.Output("features", graph.Add("Gemm", [last, graph.Weight(head, dimension, shape.Width)], ("transB", 1)), DataType.Float, "B", dimension);
        return graph.Build();

        string Behind(string input, int layer) => Linear(Linear(Attention(input, layer, "out_proj"), $"{Block(layer)}.mlp.fc1", shape.Hidden, shape.Width), $"{Block(layer)}.mlp.fc2", shape.Width, shape.Hidden);

        string Attention(string input, int layer, string name) => Linear(input, $"{Block(layer)}.self_attn.{name}", shape.Width, shape.Width);

        string Linear(string input, string name, int outputs, int inputs) =>
            graph.Add("Gemm", [input, graph.Weight($"{name}.weight", outputs, inputs), graph.Weight($"{name}.bias", outputs)], ("transB", 1));

        string Block(int layer) => $"{TextGraph.Tower}.encoder.layers.{layer}";
    }
}
