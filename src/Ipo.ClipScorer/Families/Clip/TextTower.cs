using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Towers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>The text tower on the CPU: texts behind one shared prefix, in runs of equal length. Thread-safe.</summary>
internal sealed class TextTower : ITextTower
{
    private static readonly string[] Inputs = [TextGraph.Ids, TextGraph.PrefixKeys, TextGraph.PrefixValues, TextGraph.Kept];
    private static readonly string[] PrefixOutputs = [TextGraph.Keys, TextGraph.Values];
    private static readonly long[] KeepNone = [0];
    private static readonly long[] KeepOne = [1];

    private readonly TextShape _text;
    private readonly int _dimension;
    private readonly ExecutionDevice _device;
    private readonly GraphSession _session;

    public TextTower(ClipConfig config, Weights weights, ExecutionDevice device)
    {
        (_text, _dimension, _device) = (config.Text, config.EmbeddingDimension, device);
        _session = new(TextGraph.Build(config, weights), device, weights);
    }

    public int RowsOf(int tokens) => tokens;

    public unsafe void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken cancellation)
    {
        if (suffixes.Count == 0) return;
        using var shared = Prefix(prefix, cancellation);
        fixed (float* pinned = features)
        {
            var target = new Target(pinned, features.Length);
            ParallelRun.Run(TextBatches.OfOneLength(suffixes, _device), _device.RunsAtOnce,
                texts => Encode(texts, suffixes, shared, target, cancellation), cancellation);
        }
    }

    public void Dispose() => _session.Dispose();

    private void Encode(int[] texts, IReadOnlyList<int[]> suffixes, SharedPrefix shared, Target target, CancellationToken cancellation)
    {
        var length = suffixes[texts[0]].Length;
        var ids = new long[texts.Length * length];
        for (var at = 0; at < ids.Length; at++) ids[at] = suffixes[texts[at / length]][at % length];
        var output = new float[texts.Length * _dimension];
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [texts.Length, length]);
        using var result = OrtValue.CreateTensorValueFromMemory(output, [texts.Length, _dimension]);
        using var kept = OrtValue.CreateTensorValueFromMemory(KeepNone, [1]);
        _session.Run(Inputs, [input, shared.Keys, shared.Values, kept], TextGraph.Features, result, cancellation);
        for (var row = 0; row < texts.Length; row++)
            output.AsSpan(row * _dimension, _dimension).CopyTo(target.Features[(texts[row] * _dimension)..]);
    }

    private SharedPrefix Prefix(ReadOnlySpan<int> prefix, CancellationToken cancellation)
    {
        if (prefix.IsEmpty) return Nothing();
        var ids = new long[prefix.Length];
        for (var at = 0; at < ids.Length; at++) ids[at] = prefix[at];
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length]);
        using var kept = OrtValue.CreateTensorValueFromMemory(KeepOne, [1]);
        using var before = Nothing();
        var outputs = _session.Run(Inputs, [input, before.Keys, before.Values, kept], PrefixOutputs, cancellation);
        return new(outputs[0], outputs[1]);
    }

    // The prefix of a text that shares none.
    private SharedPrefix Nothing()
    {
        var (layers, heads, width) = (_text.Shape.Layers, _text.Shape.Heads, _text.Shape.HeadWidth);
        return new(
            OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [layers, heads, width, 0]),
            OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [layers, heads, 0, width]));
    }

    /// <summary>Where all runs write, each its own texts; pinned while they do.</summary>
    private sealed unsafe class Target(float* features, int length)
    {
        public Span<float> Features => new(features, length);
    }

    /// <summary>A prefix's keys and values.</summary>
    private sealed record SharedPrefix(OrtValue Keys, OrtValue Values) : IDisposable
    {
        public void Dispose()
        {
            Keys.Dispose();
            Values.Dispose();
        }
    }
}
