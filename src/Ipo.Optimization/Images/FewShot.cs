using System.Buffers.Binary;
using System.Security.Cryptography;
using Ipo.Optimization.Facts;

namespace Ipo.Optimization.Images;

/// <summary>Chooses few images of each class. The choice is a function of the images' content and the seed alone:
/// neither the order nor the names of files matter, and the images of k shots are among those of k + 1.</summary>
public static class FewShot
{
    /// <summary>Chooses the images.</summary>
    /// <param name="images">The images to choose from; each digest stands once.</param>
    /// <param name="shots">Images per class; 0 means all. A class with fewer gives what it has, as in CoOp.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The images in scoring order: by label, then by digest.</returns>
    public static IReadOnlyList<SearchImage> Choose(IEnumerable<SearchImage> images, int shots, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shots);
        return [.. images
            .GroupBy(image => image.Label)
            .SelectMany(group => shots == 0 ? group : group
                .OrderBy(image => Lot(image.Sha256, seed), StringComparer.Ordinal)
                .Take(shots))
            .OrderBy(image => image.Label)
            .ThenBy(image => image.Sha256, StringComparer.Ordinal)];
    }

    // A draw that everybody repeats: the digest of seed and image. CoOp draws with Python's generator from the order of
    // its split file, so which images a seed means differs from CoOp's; how many, and from where, does not. Who wants CoOp's
    // own draw gives its list (RunSettings.CoopShots).
    private static string Lot(string sha256, long seed)
    {
        Span<byte> ticket = stackalloc byte[sizeof(long) + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(ticket, seed);
        Convert.FromHexString(sha256, ticket[sizeof(long)..], out _, out _);
        return Convert.ToHexString(SHA256.HashData(ticket));
    }
}
