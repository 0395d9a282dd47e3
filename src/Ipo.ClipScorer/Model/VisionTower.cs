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
    private readonly Tower _tower;

    public VisionTower(ClipConfig config, Weights weights, ExecutionDevice device)
    {
        (_vision, _dimension, _device) = (config.Vision, config.EmbeddingDimension, device);
        _tower = new(VisionGraph.Build(config, weights, device.IsHalf), device, weights);
    }

    /// <summary>Images that give every thread a full run.</summary>
    public int FullRuns => ImagesPerRun * _device.RunsAtOnce;

    private int ImagesPerRun => Math.Max(1, _device.RowsPerRun / _vision.Tokens);

    /// <summary>Encodes images.</summary>
    /// <param name="pixels">[count, 3, side, side], normalised.</param>
    /// <param name="count">Images.</param>
    /// <param name="features">Receives [count, dimension], projected, not normalised.</param>
    /// <param name="ct">Stops the work at once.</param>
    public void Encode(ReadOnlySpan<float> pixels, int count, Span<float> features, CancellationToken ct)
    {
        if (!_device.IsCuda)
        {
            EncodeRuns(pixels, count, features, ct);
            return;
        }
        lock (ExecutionDevice.CardTurn) EncodeRuns(pixels, count, features, ct);
    }

    public void Dispose() => _tower.Dispose();

    private unsafe void EncodeRuns(ReadOnlySpan<float> pixels, int count, Span<float> features, CancellationToken ct)
    {
        fixed (float* input = pixels)
        fixed (float* output = features)
        {
            var (source, target) = ((nint)input, (nint)output); // pinned while the runs write
            SideBySide.Run(Runs(count), _device.RunsAtOnce, run => Encode((float*)source, run, (float*)target, ct), ct);
        }
    }

    private unsafe void Encode(float* pixels, ImageRun run, float* features, CancellationToken ct)
    {
        var image = 3L * _vision.ImageSize * _vision.ImageSize;
        using var source = Tensor(pixels + run.First * image, [run.Count, 3, _vision.ImageSize, _vision.ImageSize]);
        using var result = Tensor(features + run.First * (long)_dimension, [run.Count, _dimension]);
        _tower.Run(Inputs, [source], VisionGraph.Features, result, ct);
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
