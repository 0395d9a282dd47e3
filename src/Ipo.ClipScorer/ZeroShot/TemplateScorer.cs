namespace Ipo.ClipScorer.ZeroShot;

/// <summary>Scores a template's class embeddings on an image set. Block after block of images meets all
/// classes while both are in cache, and only the nearest class and the loss of each image are kept: the images
/// × classes logits never exist. A score depends on nothing but its inputs: not on the number of threads, nor
/// on how images fall into blocks.</summary>
internal static class TemplateScorer
{
    private const int MaxBlockImages = 8 * ProductTile.Rows;

    /// <param name="set">The images.</param>
    /// <param name="classes">The embeddings of the template's prompts, as many as the set has classes.</param>
    /// <param name="logits">From cosines to logits.</param>
    /// <param name="threads">Most threads to use.</param>
    /// <param name="cancellation">Stops the work within a block.</param>
    /// <typeparam name="TRow">What becomes of an image's cosines.</typeparam>
    public static TemplateScore Score<TRow>(ImageSet set, ClassMatrix classes, Logits logits, int threads, CancellationToken cancellation)
        where TRow : unmanaged, IRowScore
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(classes.Count, set.ClassImages.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(classes.Dimension, set.Dimension);
        var (predicted, losses, tops) = (new int[set.Count], new float[set.Count], new float[set.Count]);
        var blockImages = BlockImages(set.Count, threads);
        var blocks = (set.Count + blockImages - 1) / blockImages;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellation };
        Parallel.For(0, blocks, parallel,
            () => new BlockedProduct(blockImages, set.Dimension, classes.Count),
            (block, _, product) =>
            {
                var first = block * blockImages;
                ScoreBlock<TRow>(product, set, classes, logits, first, Math.Min(blockImages, set.Count - first), predicted, losses, tops);
                return product;
            },
            product => product.Dispose());
        return Summarise(set, classes.PromptTokens, predicted, losses, tops);
    }

    // Small sets are cut finer, so that every thread gets a share.
    private static int BlockImages(int images, int threads)
    {
        var share = (images + 2 * threads - 1) / (2 * threads);
        return Math.Clamp((share + ProductTile.Rows - 1) / ProductTile.Rows * ProductTile.Rows, ProductTile.Rows, MaxBlockImages);
    }

    private static void ScoreBlock<TRow>(
        BlockedProduct product, ImageSet set, ClassMatrix classes, in Logits logits, int first, int count,
        int[] predicted, float[] losses, float[] tops)
        where TRow : unmanaged, IRowScore
    {
        Span<TRow> rows = stackalloc TRow[MaxBlockImages];
        Span<float> own = stackalloc float[MaxBlockImages]; // the cosine of each image with its own class
        rows.Clear();
        product.Load(set.Embeddings.AsSpan(first * set.Dimension, count * set.Dimension), count);
        for (var chunk = 0; chunk < classes.Count; chunk += BlockedProduct.ChunkClasses)
        {
            product.Multiply(count, classes, chunk);
            for (var i = 0; i < count; i++)
            {
                var cosines = product.Row(i, classes, chunk);
                rows[i].Add(cosines, chunk, logits);
                var label = set.Labels[first + i] - chunk;
                if ((uint)label < (uint)cosines.Length) own[i] = cosines[label];
            }
        }
        for (var i = 0; i < count; i++)
            (predicted[first + i], losses[first + i], tops[first + i]) =
                (rows[i].Nearest, (float)rows[i].Loss(own[i], logits), rows[i].TopProbability(logits));
    }

    private static TemplateScore Summarise(ImageSet set, int promptTokens, int[] predicted, float[] losses, float[] tops)
    {
        var classCorrect = new int[set.ClassImages.Length];
        var (sum, correct) = (0.0, 0);
        for (var i = 0; i < predicted.Length; i++)
        {
            sum += losses[i];
            if (predicted[i] != set.Labels[i]) continue;
            classCorrect[predicted[i]]++;
            correct++;
        }
        return new((double)correct / set.Count, sum / set.Count, classCorrect, predicted, losses, tops, promptTokens);
    }
}
