using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Towers;

namespace Ipo.ClipScorer.Packing;

/// <summary>The text tower on a card: texts of any lengths together, packed into sequences. Thread-safe.</summary>
internal sealed class PackedTextTower : ITextTower
{
    private readonly int _dimension;
    private readonly int _length;
    private readonly int _sequencesPerRun;
    private readonly IPackedRunner _runner;
    private bool _isDisposed;

    /// <param name="graph">The ONNX model: in <see cref="PackedShape.InputNames"/>, out
    /// <see cref="PackedShape.Features"/>.</param>
    /// <param name="weights">The checkpoint's tensors, which the graph names.</param>
    /// <param name="device">The card, or the CPU to compare it with.</param>
    /// <param name="length">Tokens of a sequence.</param>
    /// <param name="dimension">Length of an embedding.</param>
    public PackedTextTower(byte[] graph, Weights weights, ExecutionDevice device, int length, int dimension)
    {
        (_dimension, _length) = (dimension, length);
        _sequencesPerRun = Math.Max(1, device.RowsPerRun / _length);
        _runner = device.IsCuda
            ? new ReplayedRunner(graph, device, weights, PackedShape.Largest(_sequencesPerRun, _length), _dimension)
            : new PlainRunner(graph, device, weights, _dimension);
    }

    public int RowsOf(int tokens) => tokens;

    public void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken cancellation)
    {
        if (suffixes.Count == 0) return;
        foreach (var run in PackedShape.SequencesOf(suffixes, _length - prefix.Length).Chunk(_sequencesPerRun))
        {
            var shape = PackedShape.Of(run, _length);
            lock (ExecutionDevice.GpuLock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                shape.Write(prefix, suffixes, run, _runner.Inputs(shape));
                var found = _runner.Run(shape, cancellation);
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
        lock (ExecutionDevice.GpuLock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _runner.Dispose();
        }
    }
}
