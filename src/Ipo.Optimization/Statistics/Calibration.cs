namespace Ipo.Optimization.Statistics;

/// <summary>Whether probabilities keep what they promise.</summary>
public static class Calibration
{
    /// <summary>Bins of equal width, as in the source's experiments.</summary>
    public const int Bins = 15;

    /// <summary>Expected calibration error (Guo et al. 2017, equations 2 and 3; Naeini et al. 2015): images are put
    /// into bins by the probability of their nearest class, ((m - 1)/M, m/M]; the mean distance between accuracy and
    /// mean probability over the bins, weighted by their images.
    /// </summary>
    /// <param name="probabilities">Probability of each image's nearest class, in 0..1.</param>
    /// <param name="correct">One character per image: '1' where that class is its own, else '0'.</param>
    /// <param name="bins">Number of bins.</param>
    /// <returns>The error in 0..1; 0 without images.</returns>
    public static double Error(IReadOnlyList<float> probabilities, string correct, int bins = Bins)
    {
        if (probabilities.Count != correct.Length)
            throw new ArgumentException(
                $"Counts differ: {probabilities.Count} probabilities and outcomes of {correct.Length} images.", nameof(correct));
        var surplus = new double[bins]; // probability promised less images right
        for (var image = 0; image < correct.Length; image++)
        {
            double probability = probabilities[image];
            var bin = Math.Clamp((int)Math.Ceiling(probability * bins) - 1, 0, bins - 1);
            surplus[bin] += probability - (correct[image] == '1' ? 1 : 0);
        }
        // A bin's weight and its two means share its number of images, which cancels.
        return correct.Length == 0 ? 0 : surplus.Sum(Math.Abs) / correct.Length;
    }
}
