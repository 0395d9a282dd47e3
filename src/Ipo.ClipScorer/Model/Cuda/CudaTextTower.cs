namespace Ipo.ClipScorer.Model.Cuda;

/// <summary>The text tower on a card: texts of any lengths together, packed into sequences. Thread-safe, one run at a time.</summary>
internal sealed class CudaTextTower : ITextTower
{
    private readonly Lock _turn = new();
    private readonly int _dimension;
    private readonly int _length;
    private readonly int _sequencesPerRun;
    private readonly IPackedRunner _runner;

    public CudaTextTower(ClipConfig config, Weights weights, ExecutionDevice device)
    {
        (_dimension, _length) = (config.EmbeddingDimension, CudaTextGraph.Length(config));
        _sequencesPerRun = Math.Max(1, device.RowsPerRun / _length);
        var graph = CudaTextGraph.Build(config, weights, device.IsHalf);
        _runner = device.IsCuda
            ? new ReplayedRunner(graph, device, weights, PackedTexts.Largest(_sequencesPerRun, _length), _dimension)
            : new PlainRunner(graph, device, weights, _dimension);
    }

    public void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken ct)
    {
        foreach (var run in PackedTexts.Pack(suffixes, _length - prefix.Length).Chunk(_sequencesPerRun))
        {
            var packed = PackedTexts.Of(run, _length);
            lock (_turn)
            {
                packed.Write(prefix, suffixes, run, _runner.Inputs(packed));
                var found = _runner.Run(packed, ct);
                foreach (var text in run.SelectMany(texts => texts))
                {
                    found[.._dimension].CopyTo(features[(text * _dimension)..]);
                    found = found[_dimension..];
                }
            }
        }
    }

    public void Dispose() => _runner.Dispose();
}
