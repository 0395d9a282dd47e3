using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Families.Siglip;

/// <summary>SigLIP's preprocessing: both sides resized to the tower's, whatever the proportion, and the channels
/// normalised. SigLIP resizes with Pillow's bicubic filter; SigLIP 2 with its bilinear one, and says so.</summary>
internal static class SiglipPixels
{
    private const float Half = 0.5f;

    /// <summary>The settings of transformers' SiglipImageProcessor for a tower of this image size.</summary>
    public static PixelSettings Default(int imageSize) => new(
        SquareResize.Squash(ResizeFilter.Bicubic, imageSize), 1.0 / 255, [Half, Half, Half], [Half, Half, Half]);
}
