namespace Ipo.ClipScorer.Images;

/// <summary>An image is not decoded: what is wrong with it, and which limit or format would let it through.</summary>
internal sealed class ImageRejectedException(string reason) : Exception(reason);
