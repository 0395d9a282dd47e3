using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Model;

/// <summary>The text tower: texts behind one shared prefix, in runs of equal length, or on a card of lengths padded to the longest. Thread-safe.</summary>
internal sealed class TextTower : IDisposable
{
    private static readonly string[] Inputs = [TextGraph.Ids, TextGraph.PrefixKeys, TextGraph.PrefixValues, TextGraph.Kept];
    private static readonly string[] PaddedInputs = [.. Inputs, TextGraph.EndsAt];
    private static readonly string[] PrefixOutputs = [TextGraph.Keys, TextGraph.Values];
    private static readonly long[] KeepNone = [0];
    private static readonly long[] KeepOne = [1];

    private readonly TextShape _text;
    private readonly int _dimension;
    private readonly ExecutionDevice _device;
    private readonly OrtMemoryInfo _memory;
    private readonly Tower _tower;

    public TextTower(ClipConfig config, Weights weights, ExecutionDevice device)
    {
        (_text, _dimension, _device, _memory) = (config.Text, config.EmbeddingDimension, device, device.Memory());
        _tower = new(TextGraph.Build(config, weights, device.IsHalf, device.PadsTexts), device.ForTexts, weights);
    }

    /// <summary>Encodes texts that begin with the same ids.</summary>
    /// <param name="prefix">The ids they begin with; may be empty.</param>
    /// <param name="suffixes">The ids behind them, of any lengths above zero; each is read at its last one.</param>
    /// <param name="features">Receives [texts, dimension], projected, not normalised, in the order of <paramref name="suffixes"/>.</param>
    /// <param name="ct">Stops the work at once.</param>
    public unsafe void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken ct)
    {
        if (suffixes.Count == 0) return;
        using var shared = Prefix(prefix, ct);
        fixed (float* pinned = features)
        {
            var target = new Target(pinned, features.Length);
            SideBySide.Run(TextRuns.Of(suffixes, _device), _device.TextRunsAtOnce, texts => Encode(texts, suffixes, shared, target, ct), ct);
        }
    }

    public void Dispose()
    {
        _tower.Dispose();
        _memory.Dispose();
    }

    private void Encode(int[] texts, IReadOnlyList<int[]> suffixes, SharedPrefix shared, Target target, CancellationToken ct)
    {
        var length = suffixes[texts[0]].Length;
        var (ids, ends) = (new long[texts.Length * length], new long[texts.Length]);
        for (var row = 0; row < texts.Length; row++)
        {
            var text = suffixes[texts[row]];
            ends[row] = text.Length - 1;
            for (var at = 0; at < text.Length; at++) ids[row * length + at] = text[at];
        }
        var output = new float[texts.Length * _dimension];
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [texts.Length, length]);
        using var result = OrtValue.CreateTensorValueFromMemory(output, [texts.Length, _dimension]);
        using var kept = OrtValue.CreateTensorValueFromMemory(KeepNone, [1]);
        using var endsAt = EndsAt(ends);
        _tower.Run(InputNames, With(endsAt, input, shared.Keys, shared.Values, kept), TextGraph.Features, result, ct);
        for (var row = 0; row < texts.Length; row++)
            output.AsSpan(row * _dimension, _dimension).CopyTo(target.Features[(texts[row] * _dimension)..]);
    }

    private string[] InputNames => _device.PadsTexts ? PaddedInputs : Inputs;

    // An input of the padded graph alone.
    private OrtValue? EndsAt(long[] ends) => _device.PadsTexts ? OrtValue.CreateTensorValueFromMemory(ends, [ends.Length, 1, 1]) : null;

    private static OrtValue[] With(OrtValue? endsAt, params OrtValue[] inputs) => endsAt is null ? inputs : [.. inputs, endsAt];

    private SharedPrefix Prefix(ReadOnlySpan<int> prefix, CancellationToken ct)
    {
        if (prefix.IsEmpty) return Nothing();
        var ids = new long[prefix.Length];
        for (var at = 0; at < ids.Length; at++) ids[at] = prefix[at];
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length]);
        using var kept = OrtValue.CreateTensorValueFromMemory(KeepOne, [1]);
        using var endsAt = EndsAt([ids.Length - 1]);
        using var before = Nothing();
        var outputs = _tower.RunOnDevice(InputNames, With(endsAt, input, before.Keys, before.Values, kept), PrefixOutputs, _memory, ct);
        return new(outputs[0], outputs[1]);
    }

    // The prefix of a text that shares none.
    private SharedPrefix Nothing()
    {
        var (layers, heads, width) = (_text.Shape.Layers, _text.Shape.Heads, _text.Shape.HeadWidth);
        var type = _device.IsHalf ? TensorElementType.Float16 : TensorElementType.Float;
        return new(
            OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, [layers, heads, width, 0]),
            OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, [layers, heads, 0, width]));
    }

    /// <summary>Where all runs write, each its own texts; pinned while they do.</summary>
    private sealed unsafe class Target(float* features, int length)
    {
        public Span<float> Features => new(features, length);
    }

    /// <summary>A prefix's keys and values, on the device.</summary>
    private sealed record SharedPrefix(OrtValue Keys, OrtValue Values) : IDisposable
    {
        public void Dispose()
        {
            Keys.Dispose();
            Values.Dispose();
        }
    }
}
