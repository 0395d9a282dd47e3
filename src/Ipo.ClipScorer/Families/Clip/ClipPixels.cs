using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>CLIP's preprocessing: the short side resized, the centre cut out, the channels normalised.</summary>
internal static class ClipPixels
{
    /// <summary>CLIP's own settings (openai/CLIP, clip/clip.py, _transform) for a tower of this image size.</summary>
    public static PixelSettings Default(int imageSize) => new(
        SquareResize.Crop(ResizeFilter.Bicubic, imageSize, imageSize), 1.0 / 255,
        [0.48145466f, 0.4578275f, 0.40821073f], [0.26862954f, 0.26130258f, 0.27577711f]);
}
