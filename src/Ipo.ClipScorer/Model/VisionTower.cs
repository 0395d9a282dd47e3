using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Model;

/// <summary>The vision tower. Thread-safe.</summary>
internal sealed class VisionTower : IDisposable
{
    private static readonly string[] Inputs = [VisionGraph.Pixels];

    private readonly VisionShape _vision;
    private readonly int _dimension;
    private readonly int _imagesPerRun;
    private readonly Tower _tower;

    public VisionTower(ClipConfig config, Weights weights, ExecutionDevice device)
    {
        (_vision, _dimension) = (config.Vision, config.EmbeddingDimension);
        _imagesPerRun = Math.Max(1, device.RowsPerRun / _vision.Tokens);
        _tower = new(VisionGraph.Build(config, weights, device.IsHalf), device, weights);
    }

    /// <summary>Encodes images.</summary>
    /// <param name="pixels">[count, 3, side, side], normalised.</param>
    /// <param name="count">Images.</param>
    /// <param name="features">Receives [count, dimension], projected, not normalised.</param>
    /// <param name="ct">Stops the work at once.</param>
    public unsafe void Encode(ReadOnlySpan<float> pixels, int count, Span<float> features, CancellationToken ct)
    {
        var image = 3 * _vision.ImageSize * _vision.ImageSize;
        fixed (float* input = pixels)
        fixed (float* output = features)
            for (var from = 0; from < count; from += _imagesPerRun)
            {
                var images = Math.Min(_imagesPerRun, count - from);
                using var source = Tensor(input + (long)from * image, [images, 3, _vision.ImageSize, _vision.ImageSize]);
                using var result = Tensor(output + (long)from * _dimension, [images, _dimension]);
                _tower.Run(Inputs, [source], VisionGraph.Features, result, ct);
            }
    }

    public void Dispose() => _tower.Dispose();

    private static unsafe OrtValue Tensor(float* data, long[] shape) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, (nint)data, shape.Aggregate(1L, (product, axis) => product * axis) * sizeof(float));
}
