using Microsoft.ML.OnnxRuntime;

namespace Ipo.ClipScorer.Model.Cuda;

/// <summary>Runs the card's graph on the CPU, where its results can be compared without a card.</summary>
internal sealed class PlainRunner(byte[] graph, ExecutionDevice device, Weights weights, int dimension) : IPackedRunner
{
    private readonly Tower _tower = new(graph, device, weights);
    private int[] _inputs = [];

    public Span<int> Inputs(PackedShape shape) => _inputs = new int[shape.Integers];

    public unsafe ReadOnlySpan<float> Run(PackedShape shape, CancellationToken ct)
    {
        var features = new float[shape.Texts * dimension];
        fixed (int* first = _inputs)
        {
            var inputs = shape.Inputs(OrtMemoryInfo.DefaultInstance, (nint)first);
            using var result = OrtValue.CreateTensorValueFromMemory(features, [shape.Texts, dimension]);
            try { _tower.Run(CudaTextGraph.Inputs, inputs, CudaTextGraph.Features, result, ct); }
            finally { Array.ForEach(inputs, input => input.Dispose()); }
        }
        return features;
    }

    public void Dispose() => _tower.Dispose();
}
