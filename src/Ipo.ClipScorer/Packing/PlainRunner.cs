using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Microsoft.ML.OnnxRuntime;

namespace Ipo.ClipScorer.Packing;

/// <summary>Runs the card's graph on the CPU, where its results can be compared without a card.</summary>
internal sealed class PlainRunner(byte[] graph, ExecutionDevice device, Weights weights, int dimension) : IPackedRunner
{
    private readonly GraphSession _session = new(graph, device, weights);
    private int[] _inputs = [];

    public Span<int> Inputs(PackedShape shape) => _inputs = new int[shape.Integers];

    public unsafe ReadOnlySpan<float> Run(PackedShape shape, CancellationToken cancellation)
    {
        var features = new float[shape.Texts * dimension];
        fixed (int* first = _inputs)
        {
            var inputs = shape.Inputs(OrtMemoryInfo.DefaultInstance, (nint)first);
            using var result = OrtValue.CreateTensorValueFromMemory(features, [shape.Texts, dimension]);
            try { _session.Run(PackedShape.InputNames, inputs, PackedShape.Features, result, cancellation); }
            finally { Array.ForEach(inputs, input => input.Dispose()); }
        }
        return features;
    }

    public void Dispose() => _session.Dispose();
}
