namespace Ipo.ClipScorer.ZeroShot;

/// <summary>The head of models trained with a contrastive loss over a batch (Radford et al. 2021): the
/// classes of a question compete by a softmax over scaled cosines, and an image's loss is the
/// cross-entropy of its own class.</summary>
/// <param name="logitScale">Factor on cosines, already exponentiated.</param>
internal sealed class SoftmaxHead(float logitScale) : IZeroShotHead
{
    public float LogitScale => logitScale;

    public float LogitBias => 0;

    public ZeroShotProbability Probability => ZeroShotProbability.Softmax;

    public TemplateScore Score(ImageSet set, ClassMatrix classes, int threads, CancellationToken cancellation) =>
        TemplateScorer.Score<RowSoftmax>(set, classes, new(logitScale, 0), threads, cancellation);

    public ClassProbability[] Nearest(ReadOnlySpan<float> image, ClassMatrix classes, int top)
    {
        var nearest = NearestClasses.Of(image, classes, top);
        var largest = (double)nearest.Cosines[nearest.Classes[0]];
        var sum = 0.0;
        foreach (var cosine in nearest.Cosines) sum += Term(cosine);
        return Array.ConvertAll(nearest.Classes, c => new ClassProbability(c, Term(nearest.Cosines[c]) / sum));

        double Term(float cosine) => Math.Exp((cosine - largest) * logitScale);
    }
}
