namespace Ipo.Optimization.Templates;

/// <summary>How one template classified some images, image by image, so that two templates can be compared in
/// pairs.</summary>
/// <param name="Correct">One character per image: '1' where it was classified rightly, else '0'.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="Losses">Cross-entropy of each image in nats; null where it was not kept.</param>
public sealed record ImageOutcomes(string Correct, double Loss, IReadOnlyList<float>? Losses = null)
{
    /// <summary>Number of images.</summary>
    public int Images => Correct.Length;

    /// <summary>Number of images classified rightly.</summary>
    public int Right { get; } = Correct.AsSpan().Count('1');

    /// <summary>The outcomes on some of the images. Without losses of single images the loss stays the mean over all:
    /// it only breaks ties then.
    /// </summary>
    public ImageOutcomes Where(Func<int, bool> chosen)
    {
        var images = Enumerable.Range(0, Images).Where(chosen).ToArray();
        var correct = string.Create(images.Length, (Correct, images), static (some, from) =>
        {
            for (var at = 0; at < some.Length; at++) some[at] = from.Correct[from.images[at]];
        });
        if (Losses is null) return new(correct, Loss);
        float[] losses = [.. images.Select(image => Losses[image])];
        return new(correct, losses.Length == 0 ? 0 : losses.Average(loss => (double)loss), losses);
    }
}
