namespace Ipo.ClipScorer.Model.Cuda;

/// <summary>The text tower on a card: texts of any lengths together, packed into sequences. Thread-safe.</summary>
internal sealed class CudaTextTower : ITextTower
{
    private readonly int _dimension;
    private readonly int _length;
    private readonly int _sequencesPerRun;
    private readonly IPackedRunner _runner;
    private bool _isDisposed;

    public CudaTextTower(ClipConfig config, Weights weights, ExecutionDevice device)
    {
        (_dimension, _length) = (config.EmbeddingDimension, CudaTextGraph.Length(config));
        _sequencesPerRun = Math.Max(1, device.RowsPerRun / _length);
        var graph = CudaTextGraph.Build(config, weights, device.IsHalf);
        _runner = device.IsCuda
            ? new ReplayedRunner(graph, device, weights, PackedShape.Largest(_sequencesPerRun, _length), _dimension)
            : new PlainRunner(graph, device, weights, _dimension);
    }

    public void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken ct)
    {
        if (suffixes.Count == 0) return;
        foreach (var run in PackedShape.SequencesOf(suffixes, _length - prefix.Length).Chunk(_sequencesPerRun))
        {
            var shape = PackedShape.Of(run, _length);
            lock (ExecutionDevice.CardTurn)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                shape.Write(prefix, suffixes, run, _runner.Inputs(shape));
                var found = _runner.Run(shape, ct);
                foreach (var text in run.SelectMany(texts => texts))
                {
                    found[.._dimension].CopyTo(features[(text * _dimension)..]);
                    found = found[_dimension..];
                }
            }
        }
    }

    public void Dispose()
    {
        lock (ExecutionDevice.CardTurn)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _runner.Dispose();
        }
    }
}
