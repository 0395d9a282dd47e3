using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Towers;

/// <summary>A batch of images in pinned memory, which the card copies from, and that of
/// their features, which it copies to.</summary>
internal sealed class CudaImageBlock : IImageBlock
{
    private static readonly string[] Inputs = [ByteImages.Input];

    private readonly GraphSession _session;
    private readonly ExecutionDevice _device;
    private readonly ImageShape _shape;
    private readonly PinnedMemory _memory;
    private readonly OrtValue _images;
    private readonly OrtValue _features;

    /// <param name="session">Runs the graph.</param>
    /// <param name="device">The card.</param>
    /// <param name="shape">What the graph takes and gives.</param>
    /// <param name="images">Images there is room for.</param>
    /// <exception cref="CheckpointException">There is not so much pinned memory.</exception>
    public CudaImageBlock(GraphSession session, ExecutionDevice device, ImageShape shape, int images)
    {
        (_session, _device, _shape) = (session, device, shape);
        lock (ExecutionDevice.GpuLock)
        {
            _memory = new(session, device);
            try
            {
                _images = _memory.Allocate(TensorElementType.UInt8, images, 3, _shape.Side, _shape.Side);
                _features = _memory.Allocate(TensorElementType.Float, images, _shape.Dimension);
            }
            catch
            {
                _memory.Dispose();
                throw;
            }
        }
    }

    public Span<byte> Images => _images.GetTensorMutableDataAsSpan<byte>();

    public void Encode(int count, Span<float> features, CancellationToken cancellation)
    {
        lock (ExecutionDevice.GpuLock)
            foreach (var run in ImageRun.Of(count, _device.ImagesPerRun(_shape.Tokens), atOnce: 1)) Encode(run, cancellation);
        _features.GetTensorDataAsSpan<float>()[..(count * _shape.Dimension)].CopyTo(features);
    }

    public void Dispose()
    {
        lock (ExecutionDevice.GpuLock) _memory.Dispose();
    }

    private void Encode(ImageRun run, CancellationToken cancellation)
    {
        using var images = Part(_images, TensorElementType.UInt8, sizeof(byte), run, [run.Count, 3, _shape.Side, _shape.Side]);
        using var features = Part(_features, TensorElementType.Float, sizeof(float), run, [run.Count, _shape.Dimension]);
        _session.Run(Inputs, [images], VisionTower.Features, features, cancellation);
    }

    // A run's rows of a tensor; the shape's first axis is the run.
    private OrtValue Part(OrtValue whole, TensorElementType type, int bytes, ImageRun run, long[] shape)
    {
        var row = shape[1..].Aggregate((long)bytes, (product, axis) => product * axis);
        var first = PinnedMemory.Address(whole) + (nint)(run.First * row);
        return OrtValue.CreateTensorValueWithData(_memory.Kind, type, shape, first, run.Count * row);
    }
}
