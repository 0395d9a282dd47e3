using Ipo.ServiceDefaults.Settings;

namespace Ipo.ClipScorer.Settings;

/// <summary>What an image may be at most. All three are checked on the encoded bytes and their
/// header, before anything is decoded.</summary>
internal sealed record ImageLimits
{
    /// <summary>Bytes of the encoded file. Default 32 MiB.</summary>
    [Between(1, 2_147_483_591, Unit = "bytes")]
    public int MaxBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Pixels along either side.</summary>
    [Between(1, 65_535, Unit = "pixels")]
    public int MaxSide { get; init; } = 16_384;

    /// <summary>Pixels in all; four bytes each are held while one image is resized.</summary>
    [Between(1, 500_000_000, Unit = "pixels")]
    public int MaxPixels { get; init; } = 64_000_000;
}
