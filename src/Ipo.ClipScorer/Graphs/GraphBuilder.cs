using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Graphs.Onnx;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.ClipScorer.Graphs;

/// <summary>
/// Builds an ONNX graph (opset 21, and com.microsoft 1) whose weights stay in the checkpoint's files, all but those
/// that do not stand there as ONNX needs them.
/// Every method that adds an operator returns the name of its output.
/// </summary>
/// <param name="name">The graph's name.</param>
/// <param name="weights">The checkpoint's tensors.</param>
/// <param name="half">Whether the graph computes in fp16 instead of fp32.</param>
internal sealed class GraphBuilder(string name, Weights weights, bool half)
{
    private const string Microsoft = "com.microsoft";

    private readonly GraphProto _graph = new() { Name = name };
    private readonly Dictionary<string, string> _constants = [];
    private int _values;

    /// <summary>The type the graph computes in.</summary>
    public DataType Float => half ? DataType.Float16 : DataType.Float;

    /// <summary>Declares an input; a dimension is a number, or a name where it is known only at run time.</summary>
    public string Input(string input, DataType type, params ReadOnlySpan<object> shape)
    {
        _graph.Input.Add(Value(input, type, shape));
        return input;
    }

    /// <summary>Declares a value as an output under a name.</summary>
    public void Output(string output, string value, DataType type, params ReadOnlySpan<object> shape)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Input = { value }, Output = { output } });
        _graph.Output.Add(Value(output, type, shape));
    }

    /// <summary>Adds an operator with one output.</summary>
    public string Add(string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        AddNode(op, "", inputs, 1, attributes)[0];

    /// <summary>Adds one of ONNX Runtime's own operators with one output.</summary>
    public string AddMicrosoft(string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        AddNode(op, Microsoft, inputs, 1, attributes)[0];

    /// <summary>Adds one of ONNX Runtime's own operators of several outputs, of which only the
    /// first and the last are computed.</summary>
    public (string First, string Last) AddMicrosoftEnds(string op, ReadOnlySpan<string> inputs, int outputs,
        params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var names = AddNode(op, Microsoft, inputs, outputs, attributes, unwanted: 1..^1);
        return (names[0], names[^1]);
    }

    /// <summary>Adds an operator with several outputs.</summary>
    public string[] AddMany(
        string op, ReadOnlySpan<string> inputs, int outputs,
        params ReadOnlySpan<(string Name, object Value)> attributes) =>
        AddNode(op, "", inputs, outputs, attributes);

    /// <summary>A weight in the type the graph computes in.</summary>
    /// <remarks>
    /// A weight stored in another type is cast in the graph; ONNX Runtime folds the cast when the
    /// session is created, so the cast costs load time and nothing per run, and needs neither a
    /// converted file nor code of ours that copies weights.
    /// </remarks>
    /// <exception cref="CheckpointException">The checkpoint has no such tensor of this shape.</exception>
    public string Weight(string tensor, params ReadOnlySpan<long> shape) => WeightIn(Float, tensor, shape);

    /// <summary>A weight in fp32, whatever the graph computes in.</summary>
    /// <exception cref="CheckpointException">The checkpoint has no such tensor of this shape.</exception>
    public string PreciseWeight(string tensor, params ReadOnlySpan<long> shape) => WeightIn(DataType.Float, tensor, shape);

    /// <summary>Rows of a weight in fp32, cast after they are looked up: a token table is too
    /// large to convert for a few rows.</summary>
    /// <exception cref="CheckpointException">The checkpoint has no such tensor of this shape.</exception>
    public string PreciseRows(string tensor, string ids, params ReadOnlySpan<long> shape)
    {
        var stored = Stored(tensor, shape);
        var rows = Add("Gather", [tensor, ids]);
        return TypeOf(stored) == DataType.Float ? rows : Add("Cast", [rows], ("to", (long)DataType.Float));
    }

    /// <summary>From the type the graph computes in to fp32; nothing where that is the same.</summary>
    public string ToPrecise(string value) => half ? Add("Cast", [value], ("to", (long)DataType.Float)) : value;

    /// <summary>From fp32 to the type the graph computes in; nothing where that is the same.</summary>
    public string FromPrecise(string value) => half ? Add("Cast", [value], ("to", (long)DataType.Float16)) : value;

    /// <summary>A vector of whole numbers, for shapes, axes and positions.</summary>
    public string Integers(params ReadOnlySpan<long> values)
    {
        var key = $"int64[{string.Join(',', values.ToArray())}]";
        var data = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        return Constant(key, new TensorProto { Name = key, DataType = DataType.Int64, Dims = { values.Length }, RawData = data });
    }

    /// <summary>One whole number without an axis.</summary>
    public string Integer(long value)
    {
        var key = $"int64({value})";
        var data = ByteString.CopyFrom(BitConverter.GetBytes(value));
        return Constant(key, new TensorProto { Name = key, DataType = DataType.Int64, RawData = data });
    }

    /// <summary>One number without an axis, in the type the graph computes in.</summary>
    public string Number(float value) => Numbers($"float({value.ToString("R", CultureInfo.InvariantCulture)})", [], value);

    /// <summary>Numbers of a shape, in the type the graph computes in.</summary>
    public string Numbers(string key, ReadOnlySpan<long> shape, params ReadOnlySpan<float> values)
    {
        var bytes = half
            ? MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values.ToArray(), value => (Half)value))
            : MemoryMarshal.AsBytes(values);
        var data = ByteString.CopyFrom(bytes);
        return Constant(key, new TensorProto { Name = key, DataType = Float, Dims = { shape.ToArray() }, RawData = data });
    }

    /// <summary>The model as ONNX Runtime takes it.</summary>
    public byte[] Build() => new ModelProto
    {
        IrVersion = 10,
        ProducerName = "Ipo",
        Graph = _graph,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 21 }, new OperatorSetIdProto { Domain = Microsoft, Version = 1 } },
    }.ToByteArray();

    private string[] AddNode(
        string op, string domain, ReadOnlySpan<string> inputs, int outputs,
        ReadOnlySpan<(string Name, object Value)> attributes, Range unwanted = default)
    {
        var node = new NodeProto { OpType = op, Domain = domain, Name = $"{op}_{_values}" };
        node.Input.Add(inputs.ToArray());
        var names = new string[outputs];
        for (var output = 0; output < outputs; output++) names[output] = $"v{_values++}";
        names.AsSpan(unwanted).Fill("");
        node.Output.Add(names);
        foreach (var (attribute, value) in attributes) node.Attribute.Add(Attribute(attribute, value));
        _graph.Node.Add(node);
        return names;
    }

    private static AttributeProto Attribute(string attribute, object value) => value switch
    {
        int number => new() { Name = attribute, Type = AttributeProto.Types.AttributeType.Int, I = number },
        long number => new() { Name = attribute, Type = AttributeProto.Types.AttributeType.Int, I = number },
        float number => new() { Name = attribute, Type = AttributeProto.Types.AttributeType.Float, F = number },
        long[] numbers => new() { Name = attribute, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers } },
        string text => new() { Name = attribute, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(text) },
        _ => throw new ArgumentException($"No ONNX attribute for {value.GetType()}.", nameof(value)),
    };

    private string WeightIn(DataType type, string tensor, ReadOnlySpan<long> shape)
    {
        var stored = Stored(tensor, shape);
        return TypeOf(stored) == type ? tensor : Once($"{tensor}:{type}", () => Add("Cast", [tensor], ("to", (long)type)));
    }

    private StoredTensor Stored(string tensor, ReadOnlySpan<long> shape)
    {
        var stored = weights.Require(tensor, shape);
        Once(tensor, () =>
        {
            _graph.Initializer.Add(stored.Copy is null ? InFile(tensor, stored) : Copied(tensor, stored));
            return tensor;
        });
        return stored;
    }

    private static TensorProto InFile(string tensor, StoredTensor stored) => new()
    {
        Name = tensor,
        DataType = TypeOf(stored),
        Dims = { stored.Shape },
        DataLocation = TensorProto.Types.DataLocation.External,
        ExternalData =
        {
            new StringStringEntryProto { Key = "location", Value = Path.GetFileName(stored.File) },
            new StringStringEntryProto { Key = "offset", Value = stored.Offset.ToString(CultureInfo.InvariantCulture) },
            new StringStringEntryProto { Key = "length", Value = stored.Length.ToString(CultureInfo.InvariantCulture) },
        },
    };

    private static TensorProto Copied(string tensor, StoredTensor stored) => new()
    {
        Name = tensor,
        DataType = TypeOf(stored),
        Dims = { stored.Shape },
        RawData = UnsafeByteOperations.UnsafeWrap(stored.Read()),
    };

    private static DataType TypeOf(StoredTensor tensor) => tensor.Format switch
    {
        TensorFormat.F32 => DataType.Float,
        TensorFormat.F16 => DataType.Float16,
        _ => DataType.Bfloat16,
    };

    private string Constant(string key, TensorProto tensor) => Once(key, () =>
    {
        _graph.Initializer.Add(tensor);
        return key;
    });

    private string Once(string key, Func<string> add)
    {
        if (!_constants.TryGetValue(key, out var value)) _constants[key] = value = add();
        return value;
    }

    private static ValueInfoProto Value(string name, DataType type, ReadOnlySpan<object> shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var dimension in shape)
            dimensions.Dim.Add(dimension is string unknown
                ? new TensorShapeProto.Types.Dimension { DimParam = unknown }
                : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dimension, CultureInfo.InvariantCulture) });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = dimensions } } };
    }
}
