using System.Runtime.InteropServices;
using Google.Protobuf;
using Ipo.ClipScorer.Graphs.Onnx;
using Microsoft.ML.OnnxRuntime;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.Benchmarks.Baselines;

/// <summary>Images times classes as one product of ONNX Runtime, all N×C cosines written out: the product others would make.</summary>
internal sealed class RuntimeProduct : IDisposable
{
    private readonly InferenceSession _session;
    private readonly float[] _images;
    private readonly float[] _cosines;
    private readonly int _count;
    private readonly int _classes;

    public RuntimeProduct(float[] images, float[] classes, int dimension, int threads)
    {
        (_images, _count, _classes) = (images, images.Length / dimension, classes.Length / dimension);
        _cosines = new float[_count * _classes];
        var graph = new GraphProto { Name = "product" };
        graph.Initializer.Add(new TensorProto { Name = "classes", DataType = DataType.Float, Dims = { _classes, dimension }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(classes)) });
        graph.Node.Add(new NodeProto { OpType = "Gemm", Input = { "images", "classes" }, Output = { "cosines" }, Attribute = { new AttributeProto { Name = "transB", Type = AttributeProto.Types.AttributeType.Int, I = 1 } } });
        graph.Input.Add(Value("images", _count, dimension));
        graph.Output.Add(Value("cosines", _count, _classes));
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new(new ModelProto { IrVersion = 10, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 21 } } }.ToByteArray(), options);

        ValueInfoProto Value(string name, int rows, int columns) => new()
        {
            Name = name,
            Type = new() { TensorType = new() { ElemType = DataType.Float, Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimValue = rows }, new TensorShapeProto.Types.Dimension { DimValue = columns } } } } },
        };
    }

    public void Run()
    {
        using var images = OrtValue.CreateTensorValueFromMemory(_images, [_count, _images.Length / _count]);
        using var cosines = OrtValue.CreateTensorValueFromMemory(_cosines, [_count, _classes]);
        using var options = new RunOptions();
        _session.Run(options, ["images"], [images], ["cosines"], [cosines]);
    }

    public void Dispose() => _session.Dispose();
}
