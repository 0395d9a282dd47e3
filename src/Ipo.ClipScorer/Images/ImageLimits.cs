namespace Ipo.ClipScorer.Images;

/// <summary>What an image may be at most. All three are checked on the encoded bytes and their header, before anything is decoded.</summary>
internal sealed record ImageLimits
{
    /// <summary>Bytes of the encoded file, 1 to 2,147,483,591. Default 32 MiB.</summary>
    public int MaxBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Pixels along either side, 1 to 65,535. Default 16,384.</summary>
    public int MaxSide { get; init; } = 16_384;

    /// <summary>Pixels in all, 1 to 500,000,000; four bytes each are held while one image is resized. Default 64 million.</summary>
    public int MaxPixels { get; init; } = 64_000_000;
}
