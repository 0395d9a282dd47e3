using Microsoft.ML.OnnxRuntime;

namespace Ipo.ClipScorer.Model.Cuda;

/// <summary>Runs the card's graph on the CPU, where its results can be compared without a card.</summary>
internal sealed class PlainRunner(byte[] graph, ExecutionDevice device, Weights weights, int dimension) : IPackedRunner
{
    private readonly Tower _tower = new(graph, device, weights);
    private int[] _inputs = [];

    public Span<int> Inputs(PackedTexts packed) => _inputs = new int[packed.Integers];

    public unsafe ReadOnlySpan<float> Run(PackedTexts packed, CancellationToken ct)
    {
        var features = new float[packed.Texts * dimension];
        fixed (int* first = _inputs)
        {
            var inputs = packed.Inputs(OrtMemoryInfo.DefaultInstance, (nint)first);
            using var result = OrtValue.CreateTensorValueFromMemory(features, [packed.Texts, dimension]);
            try { _tower.Run(CudaTextGraph.Inputs, inputs, CudaTextGraph.Features, result, ct); }
            finally { Array.ForEach(inputs, input => input.Dispose()); }
        }
        return features;
    }

    public void Dispose() => _tower.Dispose();
}
