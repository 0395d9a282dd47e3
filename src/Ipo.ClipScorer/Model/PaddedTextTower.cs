using Microsoft.ML.OnnxRuntime;

namespace Ipo.ClipScorer.Model;

/// <summary>The text tower on a card: whole texts, padded to the longest of a run. Thread-safe.</summary>
internal sealed class PaddedTextTower(ClipConfig config, Weights weights, ExecutionDevice device) : ITextTower
{
    private static readonly string[] Inputs = [PaddedTextGraph.Ids, PaddedTextGraph.Ends];

    private readonly int _dimension = config.EmbeddingDimension;
    private readonly Tower _tower = new(PaddedTextGraph.Build(config, weights, device.IsHalf), device, weights);

    public void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken ct)
    {
        foreach (var texts in TextRuns.Padded(suffixes, prefix.Length, device.RowsPerRun))
        {
            var length = prefix.Length + suffixes[texts[0]].Length; // of the longest
            var (ids, ends) = (new long[texts.Length * length], new long[texts.Length]);
            for (var row = 0; row < texts.Length; row++)
            {
                var line = ids.AsSpan(row * length, length);
                for (var at = 0; at < prefix.Length; at++) line[at] = prefix[at];
                var suffix = suffixes[texts[row]];
                for (var at = 0; at < suffix.Length; at++) line[prefix.Length + at] = suffix[at];
                ends[row] = row * length + prefix.Length + suffix.Length - 1;
            }
            var output = new float[texts.Length * _dimension];
            using var input = OrtValue.CreateTensorValueFromMemory(ids, [texts.Length, length]);
            using var endRows = OrtValue.CreateTensorValueFromMemory(ends, [texts.Length]);
            using var result = OrtValue.CreateTensorValueFromMemory(output, [texts.Length, _dimension]);
            _tower.Run(Inputs, [input, endRows], PaddedTextGraph.Features, result, ct);
            for (var row = 0; row < texts.Length; row++)
                output.AsSpan(row * _dimension, _dimension).CopyTo(features[(texts[row] * _dimension)..]);
        }
    }

    public void Dispose() => _tower.Dispose();
}
