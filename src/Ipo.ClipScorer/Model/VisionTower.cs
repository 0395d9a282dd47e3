using System.Buffers;
using Ipo.ClipScorer.Images;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Model;

/// <summary>The vision tower on the CPU: images in runs, one for each thread side by side. Thread-safe.</summary>
internal sealed class VisionTower : IVisionTower
{
    private static readonly string[] Inputs = [VisionGraph.Pixels];

    private readonly VisionShape _vision;
    private readonly int _dimension;
    private readonly ExecutionDevice _device;
    private readonly ImagePreprocessor _preprocessor;
    private readonly Tower _tower;

    public VisionTower(ClipConfig config, Weights weights, ExecutionDevice device, ImagePreprocessor preprocessor)
    {
        (_vision, _dimension, _device, _preprocessor) = (config.Vision, config.EmbeddingDimension, device, preprocessor);
        _tower = new(VisionGraph.Build(config, weights), device, weights);
    }

    public IImageBlock NewBlock(int images) => new Block(this, new byte[images * _preprocessor.ValuesPerImage]);

    public void Dispose() => _tower.Dispose();

    private unsafe void Encode(byte[] images, int count, Span<float> features, CancellationToken ct)
    {
        fixed (float* output = features)
        {
            var target = (nint)output; // pinned while the runs write
            var runs = ImageRun.Of(count, _device.ImagesPerRun(_vision), _device.RunsAtOnce);
            SideBySide.Run(runs, _device.RunsAtOnce, run => Encode(images, run, (float*)target, ct), ct);
        }
    }

    // Each run normalises its own images: so all threads do, and nothing larger than bytes waits for its turn.
    private unsafe void Encode(byte[] images, ImageRun run, float* features, CancellationToken ct)
    {
        var values = run.Count * _preprocessor.ValuesPerImage;
        var pixels = ArrayPool<float>.Shared.Rent(values);
        try
        {
            _preprocessor.Normalise(images.AsSpan(run.First * _preprocessor.ValuesPerImage, values), pixels);
            fixed (float* first = pixels)
            {
                using var source = Tensor(first, [run.Count, 3, _vision.ImageSize, _vision.ImageSize]);
                using var result = Tensor(features + run.First * (long)_dimension, [run.Count, _dimension]);
                _tower.Run(Inputs, [source], VisionGraph.Features, result, ct);
            }
        }
        finally { ArrayPool<float>.Shared.Return(pixels); }
    }

    private static unsafe OrtValue Tensor(float* data, long[] shape) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, (nint)data, shape.Aggregate(1L, (product, axis) => product * axis) * sizeof(float));

    /// <summary>Images in the process's own memory.</summary>
    private sealed class Block(VisionTower tower, byte[] images) : IImageBlock
    {
        public Span<byte> Images => images;

        public void Encode(int count, Span<float> features, CancellationToken ct) => tower.Encode(images, count, features, ct);

        public void Dispose()
        {
            // The memory is the garbage collector's.
        }
    }
}
