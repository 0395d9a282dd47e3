using System.Buffers;
using Ipo.ClipScorer.Images;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Model;

/// <summary>The vision tower: images in runs, as many of them side by side as the device takes. Thread-safe.</summary>
internal sealed class VisionTower : IDisposable
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
        _tower = new(VisionGraph.Build(config, weights, device.IsHalf), device, weights);
    }

    /// <summary>Images that give every thread a full run.</summary>
    public int FullRuns => ImagesPerRun * _device.RunsAtOnce;

    private int ImagesPerRun => Math.Max(1, _device.RowsPerRun / _vision.Tokens);

    /// <summary>Encodes images.</summary>
    /// <param name="images">[count, 3, side, side] as <see cref="ImagePreprocessor.Crop"/> writes them.</param>
    /// <param name="count">Images.</param>
    /// <param name="features">Receives [count, dimension], projected, not normalised.</param>
    /// <param name="ct">Stops the work at once.</param>
    public void Encode(ReadOnlySpan<byte> images, int count, Span<float> features, CancellationToken ct)
    {
        if (!_device.IsCuda)
        {
            EncodeRuns(images, count, features, ct);
            return;
        }
        lock (ExecutionDevice.CardTurn) EncodeRuns(images, count, features, ct);
    }

    public void Dispose() => _tower.Dispose();

    private unsafe void EncodeRuns(ReadOnlySpan<byte> images, int count, Span<float> features, CancellationToken ct)
    {
        fixed (byte* input = images)
        fixed (float* output = features)
        {
            var (source, target) = ((nint)input, (nint)output); // pinned while the runs write
            SideBySide.Run(Runs(count), _device.RunsAtOnce, run => Encode((byte*)source, run, (float*)target, ct), ct);
        }
    }

    // Each run normalises its own images: so all threads do, and nothing larger than bytes waits for its turn.
    private unsafe void Encode(byte* images, ImageRun run, float* features, CancellationToken ct)
    {
        var (image, values) = (_preprocessor.ValuesPerImage, run.Count * _preprocessor.ValuesPerImage);
        var pixels = ArrayPool<float>.Shared.Rent(values);
        try
        {
            _preprocessor.Normalise(new(images + run.First * (long)image, values), pixels);
            fixed (float* first = pixels)
            {
                using var source = Tensor(first, [run.Count, 3, _vision.ImageSize, _vision.ImageSize]);
                using var result = Tensor(features + run.First * (long)_dimension, [run.Count, _dimension]);
                _tower.Run(Inputs, [source], VisionGraph.Features, result, ct);
            }
        }
        finally { ArrayPool<float>.Shared.Return(pixels); }
    }

    // Of one size, as many for each thread, and none larger than a run.
    private List<ImageRun> Runs(int count)
    {
        var parts = Math.Max(1, (count + FullRuns - 1) / FullRuns) * _device.RunsAtOnce;
        var size = (count + parts - 1) / parts;
        var runs = new List<ImageRun>();
        for (var first = 0; first < count; first += size) runs.Add(new(first, Math.Min(size, count - first)));
        return runs;
    }

    private static unsafe OrtValue Tensor(float* data, long[] shape) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, (nint)data, shape.Aggregate(1L, (product, axis) => product * axis) * sizeof(float));

    /// <summary>Images that follow one another.</summary>
    private readonly record struct ImageRun(int First, int Count);
}
