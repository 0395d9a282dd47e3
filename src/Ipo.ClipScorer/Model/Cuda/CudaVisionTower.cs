using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Model.Cuda;

/// <summary>The vision tower on a card, which takes images as bytes. Thread-safe.</summary>
internal sealed class CudaVisionTower(ClipConfig config, Weights weights, ExecutionDevice device, PixelSettings settings) : IVisionTower
{
    private readonly Tower _tower = new(CudaVisionGraph.Build(config, weights, settings, device.IsHalf), device, weights);

    public IImageBlock NewBlock(int images) => new CudaImageBlock(_tower, device, config, images);

    public void Dispose() => _tower.Dispose();
}
