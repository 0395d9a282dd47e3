using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Towers;
using Microsoft.ML.OnnxRuntime;

namespace Ipo.ClipScorer.Families.Siglip;

/// <summary>The text tower: texts padded to the whole context, in runs. What texts have in common saves nothing
/// (<see cref="TextGraph"/>). Thread-safe.</summary>
internal sealed class TextTower : ITextTower
{
    private static readonly string[] Inputs = [TextGraph.Ids];

    private readonly TextShape _text;
    private readonly int _dimension;
    private readonly int _padId;
    private readonly ExecutionDevice _device;
    private readonly GraphSession _session;

    /// <param name="config">The tower's shape.</param>
    /// <param name="weights">The checkpoint's tensors.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="padId">The id that fills a text up; it is computed like any other, so it matters.</param>
    public TextTower(SiglipConfig config, Weights weights, ExecutionDevice device, int padId)
    {
        (_text, _dimension, _padId, _device) = (config.Text, config.EmbeddingDimension, padId, device);
        _session = new(TextGraph.Build(config, weights, device.IsHalf), device, weights);
    }

    public int RowsOf(int tokens) => _text.ContextLength;

    public unsafe void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken cancellation)
    {
        if (suffixes.Count == 0) return;
        var texts = new int[suffixes.Count][];
        for (var text = 0; text < texts.Length; text++) texts[text] = Padded(prefix, suffixes[text]);
        fixed (float* pinned = features)
        {
            var (target, length) = ((nint)pinned, features.Length); // pinned while the runs write
            ParallelRun.Run(TextBatches.OfOneLength(texts, _device), _device.RunsAtOnce,
                run => Encode(run, texts, new((float*)target, length), cancellation), cancellation);
        }
    }

    public void Dispose() => _session.Dispose();

    private int[] Padded(ReadOnlySpan<int> prefix, ReadOnlySpan<int> suffix)
    {
        var text = new int[_text.ContextLength];
        prefix.CopyTo(text);
        suffix.CopyTo(text.AsSpan(prefix.Length));
        text.AsSpan(prefix.Length + suffix.Length).Fill(_padId);
        foreach (var id in text)
            if ((uint)id >= (uint)_text.VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(suffix), id, $"The text tower knows ids below {_text.VocabularySize}.");
        return text;
    }

    private void Encode(int[] run, int[][] texts, Span<float> features, CancellationToken cancellation)
    {
        var ids = new long[run.Length * _text.ContextLength];
        for (var at = 0; at < ids.Length; at++) ids[at] = texts[run[at / _text.ContextLength]][at % _text.ContextLength];
        var output = new float[run.Length * _dimension];
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [run.Length, _text.ContextLength]);
        using var result = OrtValue.CreateTensorValueFromMemory(output, [run.Length, _dimension]);
        if (_device.IsCuda)
            lock (ExecutionDevice.GpuLock) _session.Run(Inputs, [input], TextGraph.Features, result, cancellation);
        else _session.Run(Inputs, [input], TextGraph.Features, result, cancellation);
        for (var row = 0; row < run.Length; row++)
            output.AsSpan(row * _dimension, _dimension).CopyTo(features[(run[row] * _dimension)..]);
    }
}
