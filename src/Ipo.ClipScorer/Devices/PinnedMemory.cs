using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Settings;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Devices;

/// <summary>Memory of the host that never moves and is never swapped out, so that a card copies from
/// it and to it at the bus's full speed and without the host's work. Without a card it is ordinary
/// memory, and the same code runs.</summary>
/// <remarks>To allocate it is to allocate on the card: see <see cref="ExecutionDevice.GpuLock"/>.</remarks>
internal sealed class PinnedMemory : IDisposable
{
    private readonly ExecutionDevice _device;
    private readonly OrtAllocator _allocator;
    private readonly List<OrtValue> _tensors = [];

    /// <param name="session">Which gives the memory.</param>
    /// <param name="device">Where that runs.</param>
    /// <exception cref="CheckpointException">The device has no such memory.</exception>
    public PinnedMemory(GraphSession session, ExecutionDevice device)
    {
        _device = device;
        (Kind, _allocator) = (OrtMemoryInfo.DefaultInstance, OrtAllocator.DefaultInstance);
        if (!device.IsCuda) return;
        Kind = new(OrtMemoryInfo.allocatorCUDA_PINNED, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.CpuOutput);
        _allocator = Given(() => session.Allocator(Kind));
    }

    /// <summary>What memory this is, as ONNX Runtime names it.</summary>
    public OrtMemoryInfo Kind { get; }

    /// <summary>Memory for a tensor, which goes with this.</summary>
    /// <exception cref="CheckpointException">There is not so much of it.</exception>
    public OrtValue Allocate(TensorElementType type, params long[] shape)
    {
        var tensor = Given(() => OrtValue.CreateAllocatedTensorValue(_allocator, type, shape));
        _tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Where a tensor lies: native memory, which stays where it is.</summary>
    public static unsafe nint Address(OrtValue tensor)
    {
        fixed (byte* first = tensor.GetTensorMutableRawData()) return (nint)first;
    }

    public void Dispose()
    {
        foreach (var tensor in _tensors) tensor.Dispose();
        if (!_device.IsCuda) return; // the rest is ONNX Runtime's own
        _allocator.Dispose();
        Kind.Dispose();
    }

    private T Given<T>(Func<T> ask)
    {
        try { return ask(); }
        catch (OnnxRuntimeException refused)
        {
            throw new CheckpointException($"{_device.DisplayName} cannot pin host memory: {refused.Message.ReplaceLineEndings(" ")} "
                + $"Free host memory, or set {ModelOptions.Section}:Device to Cpu.", refused);
        }
    }
}
