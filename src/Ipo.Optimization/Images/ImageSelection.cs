using Ipo.Optimization.Facts;

namespace Ipo.Optimization.Images;

/// <summary>Chooses the images that are described where there are more than a run describes: every class one before
/// any class gets a second, and each class first the image most like the others of its class. Where a round has room
/// for some classes only, they are chosen so that each class left out has a similar one among them.
/// </summary>
public static class ImageSelection
{
    // As many images of a class say what it looks like, unless more are described; the lot decides which.
    private const int EnoughOfAClass = 64;

    // Embeddings that are held at once: 32 MiB at 512 numbers.
    private const int MostInPool = 16_384;

    // Classes compared with each other in one round: 16 MiB of similarities.
    private const int MostCompared = 2_000;

    /// <summary>The images whose embeddings the choice looks at.</summary>
    /// <param name="images">The search images.</param>
    /// <param name="count">How many are to be chosen.</param>
    /// <param name="seed">The run's seed.</param>
    public static IReadOnlyList<SearchImage> Pool(IReadOnlyList<SearchImage> images, int count, long seed)
    {
        var distinct = images.DistinctBy(image => image.Sha256).ToList();
        var classes = distinct.Select(image => image.Label).Distinct().Count();
        return FewShot.Choose(distinct, Math.Clamp(MostInPool / Math.Max(1, classes), 1, Math.Max(count, EnoughOfAClass)), seed);
    }

    /// <summary>Chooses images.</summary>
    /// <param name="pool">What to choose from; a digest stands once.</param>
    /// <param name="embeddings">For each of them its embedding, L2-normalised.</param>
    /// <param name="count">How many.</param>
    /// <returns>The images in the order of the choice; all where there are no more.</returns>
    public static IReadOnlyList<SearchImage> Choose(IReadOnlyList<SearchImage> pool, IReadOnlyList<float[]> embeddings, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(embeddings.Count, pool.Count);
        var classes = Enumerable.Range(0, pool.Count)
            .GroupBy(image => pool[image].Label)
            .OrderBy(group => group.Key)
            .Select(group => group.ToArray())
            .ToList();
        if (classes.Count == 0) return [];
        // A class with few images leaves its turns to others, so how many turns there are is not known before.
        var orders = classes.ConvertAll(images =>
            Coverage.BySimilarity(Of(embeddings, images), Math.Min(count, images.Length)).Select(place => images[place]).ToArray());

        var chosen = new List<int>();
        for (var round = 0; chosen.Count < count; round++)
        {
            int[] turn = [.. orders.Where(order => order.Length > round).Select(order => order[round])];
            if (turn.Length == 0) break;
            chosen.AddRange(turn.Length <= count - chosen.Count ? turn : Some(turn, embeddings, count - chosen.Count));
        }
        return [.. chosen.Select(image => pool[image])];
    }

    private static IEnumerable<int> Some(int[] turn, IReadOnlyList<float[]> embeddings, int count)
    {
        var stride = (turn.Length + MostCompared - 1) / MostCompared;
        int[] compared = [.. turn.Where((_, place) => place % stride == 0)];
        return Coverage.BySimilarity(Of(embeddings, compared), count).Select(place => compared[place]);
    }

    private static float[][] Of(IReadOnlyList<float[]> embeddings, int[] images) => Array.ConvertAll(images, image => embeddings[image]);
}
