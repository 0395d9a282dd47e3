using System.Text;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Choosing;

/// <summary>Chooses one template by its outcomes on images. With many images accuracy decides, ties by lower loss.
/// With few it moves in steps as large as the differences looked for (one image of EuroSAT's 1-shot set is 20 points;
/// paper.md, section 5), so shrunken log-likelihood decides, ties by accuracy. The baseline stays unless it is beaten.
/// </summary>
public static class Choice
{
    /// <summary>Up to so many images per class are few: the size of CoOp's few-shot validation sets.</summary>
    public const int FewImagesPerClass = 4;

    /// <summary>Folds of a cross-validated choice.</summary>
    public const int Folds = 5;

    /// <summary>Whether images are too few for accuracy to tell templates apart.</summary>
    public static bool AreFew(int images, int classes) => images <= FewImagesPerClass * classes;

    /// <summary>The place of the best; 0, the baseline's, where nothing beats it.</summary>
    /// <param name="contenders">Outcomes on the same images, the baseline's first.</param>
    /// <param name="few">Whether the images are few; losses of single images are needed then.</param>
    public static int Best(IReadOnlyList<ImageOutcomes> contenders, bool few)
    {
        var baseline = contenders[0];
        var ranked = Ranked(contenders, few);
        if (ranked.Count == 0) return 0;
        var best = ranked[0];
        return few ? best.Gain > 0 ? best.Place : 0 : contenders[best.Place].Right > baseline.Right ? best.Place : 0;
    }

    /// <summary>All contenders but the baseline, best first; full ties stay in their order.</summary>
    public static IReadOnlyList<RankedContender> Ranked(IReadOnlyList<ImageOutcomes> contenders, bool few)
    {
        var others = contenders.Skip(1).ToList();
        var gains = few ? Shrinkage.Gains(Losses(contenders[0]), [.. others.Select(Losses)]) : null;
        var ranked = others.Select((other, at) => new RankedContender(at + 1, gains?[at] ?? 0));
        return few
            ? [.. ranked.OrderByDescending(one => one.Gain).ThenByDescending(one => contenders[one.Place].Right)]
            : [.. ranked.OrderByDescending(one => contenders[one.Place].Right).ThenBy(one => contenders[one.Place].Loss)];
    }

    /// <summary>Chooses where no images are held out: on every fold's complement once, which says on the fold itself
    /// how such a choice does on images it did not see; and on all images, where that is better than the baseline.
    /// </summary>
    /// <param name="contenders">Outcomes on the same images, sorted by class, the baseline's first.</param>
    /// <param name="few">Whether the images are few.</param>
    public static CrossValidatedChoice CrossValidate(IReadOnlyList<ImageOutcomes> contenders, bool few)
    {
        var images = contenders[0].Images;
        var folds = Math.Min(Folds, images);
        var unseen = new StringBuilder(contenders[0].Correct);
        double unseenLoss = 0, baselineLoss = 0;
        for (var fold = 0; fold < folds && contenders.Count > 1; fold++)
        {
            // Images are sorted by class, so every fold-th one spreads each class over the folds.
            var seen = contenders.Select(contender => contender.Where(image => image % folds != fold)).ToList();
            var chosen = contenders[Best(seen, few)];
            for (var image = fold; image < images; image += folds)
            {
                unseen[image] = chosen.Correct[image];
                if (!few) continue;
                unseenLoss += Losses(chosen)[image];
                baselineLoss += Losses(contenders[0])[image];
            }
        }
        var correct = unseen.ToString();
        var beats = few ? unseenLoss < baselineLoss : correct.AsSpan().Count('1') > contenders[0].Right;
        return new(beats ? Best(contenders, few) : 0, correct);
    }

    private static IReadOnlyList<float> Losses(ImageOutcomes outcomes) =>
        outcomes.Losses ?? throw new ArgumentException(
            "Few images choose by the losses of single images, and these outcomes have none.", nameof(outcomes));
}

/// <summary>A contender's place among all.</summary>
/// <param name="Place">Its place in the list that was ranked.</param>
/// <param name="Gain">Its shrunken gain in nats; 0 where images are many.</param>
public sealed record RankedContender(int Place, double Gain);

/// <summary>What cross-validation chose.</summary>
/// <param name="Winner">The winner's place; 0 where the choice did no better than the baseline on images it had not
/// seen.</param>
/// <param name="Unseen">Outcomes of the folds' choices, each on the images of its fold.</param>
public sealed record CrossValidatedChoice(int Winner, string Unseen);
