using System.Numerics;

namespace Ipo.Optimization.Statistics;

/// <summary>How many images a template gains over the baseline when the outcomes of some images are exchanged between
/// the two. An image is a bit, so that thousands of exchanges cost little.
/// </summary>
internal sealed class ExchangedGain
{
    private readonly ulong[] better;
    private readonly ulong[] worse;

    /// <summary>Compares outcomes on some images.</summary>
    /// <param name="template">The template's outcomes, one '1' or '0' per image.</param>
    /// <param name="baseline">The baseline's.</param>
    /// <param name="images">The images that count; the first of them is bit 0.</param>
    public ExchangedGain(string template, string baseline, IReadOnlyList<int> images)
    {
        better = new ulong[Words(images.Count)];
        worse = new ulong[Words(images.Count)];
        for (var at = 0; at < images.Count; at++)
        {
            var (mine, its) = (template[images[at]], baseline[images[at]]);
            if (mine != its) (mine > its ? better : worse)[at / 64] |= 1UL << at % 64;
        }
    }

    /// <summary>Words that hold so many images.</summary>
    public static int Words(int images) => (images + 63) / 64;

    /// <summary>Images gained, less those lost.</summary>
    /// <param name="exchanged">A bit per image: whether it is exchanged.</param>
    public int Under(ReadOnlySpan<ulong> exchanged)
    {
        var gained = 0;
        for (var word = 0; word < better.Length; word++)
        {
            var moved = exchanged[word];
            gained += BitOperations.PopCount((better[word] & ~moved) | (worse[word] & moved))
                - BitOperations.PopCount((worse[word] & ~moved) | (better[word] & moved));
        }
        return gained;
    }
}
