using System.Buffers;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Images;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Towers;

/// <summary>A vision tower on the CPU: images in runs, one for each thread side by side. Thread-safe.</summary>
internal sealed class VisionTower : IVisionTower
{
    /// <summary>The name of a vision graph's input where it takes pixels: [B, 3, S, S], fp32.</summary>
    public const string Pixels = "pixels";

    /// <summary>The name of a vision graph's output: [B, D], fp32, not normalised.</summary>
    public const string Features = "features";

    private static readonly string[] Inputs = [Pixels];

    private readonly ImageShape _shape;
    private readonly ExecutionDevice _device;
    private readonly ImagePreprocessor _preprocessor;
    private readonly GraphSession _session;

    /// <param name="graph">The ONNX model: in <see cref="Pixels"/>, out <see cref="Features"/>.</param>
    /// <param name="weights">The checkpoint's tensors, which the graph names.</param>
    /// <param name="device">The CPU.</param>
    /// <param name="shape">What the graph takes and gives.</param>
    /// <param name="preprocessor">Normalises images.</param>
    public VisionTower(byte[] graph, Weights weights, ExecutionDevice device, ImageShape shape, ImagePreprocessor preprocessor)
    {
        (_shape, _device, _preprocessor) = (shape, device, preprocessor);
        _session = new(graph, device, weights);
    }

    public IImageBlock NewBlock(int images) => new Block(this, new byte[images * _preprocessor.ValuesPerImage]);

    public void Dispose() => _session.Dispose();

    private unsafe void Encode(byte[] images, int count, Span<float> features, CancellationToken cancellation)
    {
        fixed (float* output = features)
        {
            var target = (nint)output; // pinned while the runs write
            var runs = ImageRun.Of(count, _device.ImagesPerRun(_shape.Tokens), _device.RunsAtOnce);
            ParallelRun.Run(runs, _device.RunsAtOnce, run => Encode(images, run, (float*)target, cancellation), cancellation);
        }
    }

    // Each run normalises its own images: so all threads do, and nothing larger than bytes waits for its turn.
    private unsafe void Encode(byte[] images, ImageRun run, float* features, CancellationToken cancellation)
    {
        var values = run.Count * _preprocessor.ValuesPerImage;
        var pixels = ArrayPool<float>.Shared.Rent(values);
        try
        {
            _preprocessor.Normalise(images.AsSpan(run.First * _preprocessor.ValuesPerImage, values), pixels);
            fixed (float* first = pixels)
            {
                using var source = Tensor(first, [run.Count, 3, _shape.Side, _shape.Side]);
                using var result = Tensor(features + run.First * (long)_shape.Dimension, [run.Count, _shape.Dimension]);
                _session.Run(Inputs, [source], Features, result, cancellation);
            }
        }
        finally { ArrayPool<float>.Shared.Return(pixels); }
    }

    private static unsafe OrtValue Tensor(float* data, long[] shape) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, (nint)data,
        shape.Aggregate(1L, (product, axis) => product * axis) * sizeof(float));

    /// <summary>Images in the process's own memory.</summary>
    private sealed class Block(VisionTower tower, byte[] images) : IImageBlock
    {
        public Span<byte> Images => images;

        public void Encode(int count, Span<float> features, CancellationToken cancellation) =>
            tower.Encode(images, count, features, cancellation);

        public void Dispose()
        {
            // The memory is the garbage collector's.
        }
    }
}
