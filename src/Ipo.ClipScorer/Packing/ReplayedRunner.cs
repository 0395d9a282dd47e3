using System.Globalization;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Packing;

/// <summary>
/// Runs the text graph on a card. The launches of a shape are recorded when it comes again, and from then on replayed
/// as one (CUDA graphs): a run has some 200, and the host takes longer for one than the card for many of them.
/// </summary>
/// <remarks>
/// A recording is bound to the addresses it was made with, so all runs share one block of pinned host memory, which a
/// card reads and writes over the bus at its host address (unified addressing). ONNX Runtime keeps a recording for the
/// thread that made it, so all runs go through one thread.
/// </remarks>
internal sealed class ReplayedRunner : IPackedRunner
{
    // Each takes half a megabyte on the card.
    private const int MostRecordings = 512;

    private readonly int _dimension;
    private readonly GraphSession _session;
    private readonly DedicatedThread _thread;
    private readonly OrtMemoryInfo _asCardMemory = new(
        OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
    private readonly PinnedMemory _memory;
    private readonly OrtValue _inputs;
    private readonly OrtValue _features;
    private readonly RecordingIds _ids = new(MostRecordings);
    private readonly Dictionary<int, BoundRun> _recorded = [];

    /// <param name="graph">The ONNX model.</param>
    /// <param name="device">The card.</param>
    /// <param name="weights">The checkpoint's tensors.</param>
    /// <param name="largest">The largest run there will be.</param>
    /// <param name="dimension">Numbers of an embedding.</param>
    public ReplayedRunner(byte[] graph, ExecutionDevice device, Weights weights, PackedShape largest, int dimension)
    {
        _dimension = dimension;
        _session = new(graph, device, weights, isReplayed: true);
        try
        {
            _memory = new(_session, device);
            _inputs = _memory.Allocate(TensorElementType.Int32, largest.Integers);
            _features = _memory.Allocate(TensorElementType.Float, largest.Texts, dimension);
        }
        catch
        {
            _memory?.Dispose();
            _session.Dispose();
            throw;
        }
        _thread = new("text runs");
    }

    public Span<int> Inputs(PackedShape shape) => _inputs.GetTensorMutableDataAsSpan<int>()[..shape.Integers];

    public ReadOnlySpan<float> Run(PackedShape shape, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var id = _ids.Of(shape);
        if (id == RecordingIds.None)
        {
            using var once = Bind(shape, id);
            Run(once);
        }
        else Replay(shape, id);
        return _features.GetTensorDataAsSpan<float>()[..(shape.Texts * _dimension)];
    }

    public void Dispose()
    {
        foreach (var run in _recorded.Values) run.Dispose();
        _memory.Dispose();
        _session.Dispose();
        _thread.Dispose();
        _asCardMemory.Dispose();
    }

    private void Replay(PackedShape shape, int id)
    {
        if (!_recorded.TryGetValue(id, out var run)) _recorded[id] = run = Bind(shape, id);
        try { Run(run); }
        catch
        {
            // ONNX Runtime may keep what it recorded up to the failure, and would replay that.
            _ids.Distrust(shape);
            _recorded.Remove(id);
            run.Dispose();
            throw;
        }
    }

    private void Run(BoundRun run) => _thread.Run(() => _session.Run(run.Binding, run.Options));

    private BoundRun Bind(PackedShape shape, int id)
    {
        var inputs = shape.Inputs(_asCardMemory, PinnedMemory.Address(_inputs));
        var bytes = (long)shape.Texts * _dimension * sizeof(float);
        var features = OrtValue.CreateTensorValueWithData(
            _asCardMemory, TensorElementType.Float, [shape.Texts, _dimension], PinnedMemory.Address(_features), bytes);
        var binding = _session.CreateBinding();
        for (var input = 0; input < inputs.Length; input++) binding.BindInput(PackedShape.InputNames[input], inputs[input]);
        binding.BindOutput(PackedShape.Features, features);
        var options = new RunOptions();
        options.AddRunConfigEntry("gpu_graph_id", id.ToString(CultureInfo.InvariantCulture));
        return new(binding, options, [.. inputs, features]);
    }

    /// <summary>A shape's inputs and output, and the id of its recording.</summary>
    private sealed record BoundRun(OrtIoBinding Binding, RunOptions Options, IReadOnlyList<OrtValue> Tensors) : IDisposable
    {
        public void Dispose()
        {
            Binding.Dispose();
            Options.Dispose();
            foreach (var tensor in Tensors) tensor.Dispose();
        }
    }
}
