using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Graphs;

namespace Ipo.ClipScorer.Towers;

/// <summary>A vision tower on a card, which takes images as bytes. Thread-safe.</summary>
/// <param name="graph">The ONNX model: in <see cref="ByteImages.Input"/>, out
/// <see cref="VisionTower.Features"/>.</param>
/// <param name="weights">The checkpoint's tensors, which the graph names.</param>
/// <param name="device">The card.</param>
/// <param name="shape">What the graph takes and gives.</param>
internal sealed class CudaVisionTower(byte[] graph, Weights weights, ExecutionDevice device, ImageShape shape) : IVisionTower
{
    private readonly GraphSession _session = new(graph, device, weights);

    public IImageBlock NewBlock(int images) => new CudaImageBlock(_session, device, shape, images);

    public void Dispose() => _session.Dispose();
}
