using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Choosing;

/// <summary>Whether cross-validated choices beat the baseline by more than chance. Folds share four fifths of what
/// they choose by, so their outcomes are not independent and a test that takes them for that says "better" too often
/// (Bengio and Grandvalet 2004; here 8 of 100 runs without a true gain). Instead the whole choice is made anew on
/// images whose outcomes are exchanged with the baseline's, as in <see cref="BestOfMany"/>.
/// </summary>
public static class FoldedTest
{
    /// <summary>Random exchanges of images.</summary>
    public const int Permutations = 399;

    /// <summary>The one-sided p-value of the images that the folds' choices gain.</summary>
    /// <param name="contenders">Outcomes on the same images, sorted by class, the baseline's first.</param>
    /// <param name="few">Whether the images are few, so that single losses choose.</param>
    /// <param name="random">Draws the exchanges.</param>
    public static double PValue(IReadOnlyList<ImageOutcomes> contenders, bool few, Random random)
    {
        var baseline = contenders[0];
        var others = contenders.Skip(1).Select(other => new Differences(baseline, other, few)).ToArray();
        if (others.Length == 0) return 1;
        var folds = Math.Min(Choice.Folds, baseline.Images);
        ulong[][] exchanged =
            [.. Enumerable.Range(0, folds)
                .Select(fold => new ulong[ExchangedGain.Words(Differences.Images(baseline.Images, fold).Length)])];
        var observed = Gained(others, few, exchanged);
        if (observed <= 0) return 1;

        var reached = 1; // the observed order counts as one of them (Phipson and Smyth 2010)
        for (var permutation = 0; permutation < Permutations; permutation++)
        {
            foreach (var words in exchanged)
                for (var word = 0; word < words.Length; word++) words[word] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            if (Gained(others, few, exchanged) >= observed) reached++;
        }
        return (double)reached / (Permutations + 1);
    }

    // Images that the folds' choices gain over the baseline where they did not choose.
    private static int Gained(Differences[] others, bool few, ulong[][] exchanged)
    {
        foreach (var other in others) other.Exchange(exchanged);
        var gained = 0;
        for (var fold = 0; fold < exchanged.Length; fold++)
        {
            var chosen = few ? ByLoss(others, fold) : ByAccuracy(others, fold);
            if (chosen is not null) gained += chosen.Right(fold);
        }
        return gained;
    }

    private static Differences? ByAccuracy(Differences[] others, int fold)
    {
        Differences? best = null;
        foreach (var other in others)
        {
            var (mine, its) = (other.RightBeside(fold), best?.RightBeside(fold) ?? 0);
            if (mine > its || (best is not null && mine == its && other.Loss < best.Loss)) best = other;
        }
        return best;
    }

    private static Differences? ByLoss(Differences[] others, int fold)
    {
        var gains = Shrinkage.Gains([.. others.Select(other => other.GainBeside(fold))]);
        var best = -1;
        for (var at = 0; at < others.Length; at++)
            if (gains[at] > (best < 0 ? 0 : gains[best])
                || (best >= 0 && gains[at] == gains[best] && others[at].RightBeside(fold) > others[best].RightBeside(fold))) best = at;
        return best < 0 ? null : others[best];
    }

    // A template beside the baseline, with its sums by fold.
    private sealed class Differences
    {
        private readonly ExchangedGain[] right;
        private readonly float[][] gain;
        private readonly double[] squares;
        private readonly int[] rights;
        private readonly double[] gains;

        public Differences(ImageOutcomes baseline, ImageOutcomes other, bool few)
        {
            Loss = other.Loss;
            var folds = Enumerable.Range(0, Math.Min(Choice.Folds, baseline.Images)).Select(fold => Images(baseline.Images, fold)).ToList();
            right = [.. folds.Select(images => new ExchangedGain(other.Correct, baseline.Correct, images))];
            gain = [.. folds.Select(images => few ? images.Select(image => baseline.Losses![image] - other.Losses![image]).ToArray() : [])];
            squares = [.. gain.Select(some => some.Sum(one => (double)one * one))]; // a sign does not change it
            (rights, gains) = (new int[folds.Count], new double[folds.Count]);
        }

        public double Loss { get; }

        /// <summary>The images of a fold, as <see cref="Choice.CrossValidate"/> takes them.</summary>
        public static int[] Images(int all, int fold) =>
            [.. Enumerable.Range(0, all).Where(image => image % Math.Min(Choice.Folds, all) == fold)];

        public void Exchange(ulong[][] exchanged)
        {
            for (var fold = 0; fold < rights.Length; fold++)
            {
                rights[fold] = right[fold].Under(exchanged[fold]);
                gains[fold] = 0;
                for (var at = 0; at < gain[fold].Length; at++)
                    gains[fold] += (exchanged[fold][at / 64] >> at % 64 & 1) == 0 ? gain[fold][at] : -gain[fold][at];
            }
        }

        public int Right(int fold) => rights[fold];

        public int RightBeside(int fold)
        {
            var all = 0;
            foreach (var one in rights) all += one;
            return all - rights[fold];
        }

        public NoisyGain GainBeside(int fold)
        {
            double sum = 0, square = 0;
            var images = 0;
            for (var other = 0; other < gains.Length; other++)
            {
                if (other == fold) continue;
                sum += gains[other];
                square += squares[other];
                images += gain[other].Length;
            }
            return NoisyGain.Of(sum, square, images);
        }
    }
}
