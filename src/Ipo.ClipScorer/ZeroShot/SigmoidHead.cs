namespace Ipo.ClipScorer.ZeroShot;

/// <summary>The head of models trained with the sigmoid loss (Zhai et al. 2023): each pair of an image and a class is a
/// question of its own, so the probabilities of classes need not add up to 1. What a loss is says
/// <see cref="RowSigmoid"/>.</summary>
/// <param name="logitScale">Factor on cosines, already exponentiated.</param>
/// <param name="logitBias">Added to every logit.</param>
internal sealed class SigmoidHead(float logitScale, float logitBias) : IZeroShotHead
{
    private readonly Logits _logits = new(logitScale, logitBias);

    public float LogitScale => logitScale;

    public float LogitBias => logitBias;

    public ZeroShotProbability Probability => ZeroShotProbability.Sigmoid;

    public TemplateScore Score(ImageSet set, ClassMatrix classes, int threads, CancellationToken cancellation) =>
        TemplateScorer.Score<RowSigmoid>(set, classes, _logits, threads, cancellation);

    public ClassProbability[] Nearest(ReadOnlySpan<float> image, ClassMatrix classes, int top)
    {
        var nearest = NearestClasses.Of(image, classes, top);
        return Array.ConvertAll(nearest.Classes, c => new ClassProbability(c, RowSigmoid.Probability(nearest.Cosines[c], _logits)));
    }
}
