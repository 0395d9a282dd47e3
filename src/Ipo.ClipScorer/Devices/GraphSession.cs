using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Settings;
using Microsoft.ML.OnnxRuntime;

namespace Ipo.ClipScorer.Devices;

/// <summary>One graph ready to run. Concurrent runs are safe, on a card one at a time
/// (<see cref="ExecutionDevice.GpuLock"/>).</summary>
internal sealed class GraphSession : IDisposable
{
    private readonly InferenceSession _session;

    /// <param name="graph">The ONNX model.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="weights">The checkpoint's tensors, which the graph names.</param>
    /// <param name="isReplayed">Whether its runs on a card are to be recorded and replayed.</param>
    /// <exception cref="CheckpointException">ONNX Runtime refuses the graph on this device.</exception>
    public GraphSession(byte[] graph, ExecutionDevice device, Weights weights, bool isReplayed = false)
    {
        using var options = device.Session(weights.Folder, isReplayed);
        try
        {
            _session = new(graph, options);
        }
        catch (OnnxRuntimeException refused)
        {
            throw new CheckpointException(
                $"{weights.Path} cannot be run on {device.DisplayName}: "
                + $"{refused.Message.ReplaceLineEndings(" ")} If memory ran out, use a smaller checkpoint or set "
                + $"{ModelOptions.Section}:Device to Cpu.", refused);
        }
    }

    /// <summary>Runs the graph into preallocated outputs, or stops at once when cancelled.</summary>
    public void Run(
        IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputs, string output, OrtValue result,
        CancellationToken cancellation) =>
        Cancellable(options => _session.Run(options, inputNames, inputs, [output], [result]), cancellation);

    /// <summary>Runs the graph and gives its outputs, which the caller disposes;
    /// or stops at once when cancelled.</summary>
    public IDisposableReadOnlyCollection<OrtValue> Run(
        IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<string> outputs, CancellationToken cancellation)
    {
        IDisposableReadOnlyCollection<OrtValue>? results = null;
        Cancellable(options => results = _session.Run(options, inputNames, inputs, outputs), cancellation);
        return results!;
    }

    /// <summary>Inputs and outputs for <see cref="Run(OrtIoBinding, RunOptions)"/>; the caller disposes them.</summary>
    public OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    /// <summary>The allocator of a kind of memory that the device has; the caller disposes it.</summary>
    public OrtAllocator Allocator(OrtMemoryInfo memory) => new(_session, memory);

    /// <summary>Runs the graph on what is bound; a recording belongs to the thread that runs it.</summary>
    public void Run(OrtIoBinding binding, RunOptions options) => _session.RunWithBinding(options, binding);

    public void Dispose() => _session.Dispose();

    private static void Cancellable(Action<RunOptions> run, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var options = new RunOptions();
        try
        {
            // Disposing the registration waits for a callback under way, so it never touches disposed options.
            using var stop = cancellation.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
            run(options);
        }
        catch (OnnxRuntimeException stopped) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("Encoding was cancelled.", stopped, cancellation);
        }
    }
}
