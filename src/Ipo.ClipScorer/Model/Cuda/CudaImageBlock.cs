using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Model.Cuda;

/// <summary>A batch of images in pinned memory, which the card copies from, and that of their features, which it copies to.</summary>
internal sealed class CudaImageBlock : IImageBlock
{
    private static readonly string[] Inputs = [CudaVisionGraph.Images];

    private readonly Tower _tower;
    private readonly ExecutionDevice _device;
    private readonly VisionShape _vision;
    private readonly int _dimension;
    private readonly PinnedMemory _memory;
    private readonly OrtValue _images;
    private readonly OrtValue _features;

    /// <param name="tower">Runs <see cref="CudaVisionGraph"/>.</param>
    /// <param name="device">The card.</param>
    /// <param name="config">The checkpoint's shapes.</param>
    /// <param name="images">Images there is room for.</param>
    /// <exception cref="CheckpointException">There is not so much pinned memory.</exception>
    public CudaImageBlock(Tower tower, ExecutionDevice device, ClipConfig config, int images)
    {
        (_tower, _device, _vision, _dimension) = (tower, device, config.Vision, config.EmbeddingDimension);
        lock (ExecutionDevice.CardTurn)
        {
            _memory = new(tower, device);
            try
            {
                _images = _memory.Allocate(TensorElementType.UInt8, images, 3, _vision.ImageSize, _vision.ImageSize);
                _features = _memory.Allocate(TensorElementType.Float, images, _dimension);
            }
            catch
            {
                _memory.Dispose();
                throw;
            }
        }
    }

    public Span<byte> Images => _images.GetTensorMutableDataAsSpan<byte>();

    public void Encode(int count, Span<float> features, CancellationToken ct)
    {
        lock (ExecutionDevice.CardTurn)
            foreach (var run in ImageRun.Of(count, _device.ImagesPerRun(_vision), atOnce: 1)) Encode(run, ct);
        _features.GetTensorDataAsSpan<float>()[..(count * _dimension)].CopyTo(features);
    }

    public void Dispose()
    {
        lock (ExecutionDevice.CardTurn) _memory.Dispose();
    }

    private void Encode(ImageRun run, CancellationToken ct)
    {
        using var images = Part(_images, TensorElementType.UInt8, sizeof(byte), run, [run.Count, 3, _vision.ImageSize, _vision.ImageSize]);
        using var features = Part(_features, TensorElementType.Float, sizeof(float), run, [run.Count, _dimension]);
        _tower.Run(Inputs, [images], VisionGraph.Features, features, ct);
    }

    // A run's rows of a tensor; the shape's first axis is the run.
    private OrtValue Part(OrtValue whole, TensorElementType type, int bytes, ImageRun run, long[] shape)
    {
        var row = shape[1..].Aggregate((long)bytes, (product, axis) => product * axis);
        var first = PinnedMemory.Address(whole) + (nint)(run.First * row);
        return OrtValue.CreateTensorValueWithData(_memory.Kind, type, shape, first, run.Count * row);
    }
}
