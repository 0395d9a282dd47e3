namespace Ipo.ClipScorer.ZeroShot;

/// <summary>The head of models trained with a contrastive loss over a batch (Radford et al. 2021): the
/// classes of a question compete by a softmax over scaled cosines, and an image's loss is the
/// cross-entropy of its own class.</summary>
internal sealed class SoftmaxHead(float logitScale) : IZeroShotHead
{
    public float LogitScale => logitScale;

    public TemplateScore Score(ImageSet set, ClassMatrix classes, int threads, CancellationToken cancellation) =>
        TemplateScorer.Score(set, classes, logitScale, threads, cancellation);

    public ClassProbability[] Nearest(ReadOnlySpan<float> image, ClassMatrix classes, int top) =>
        NearestClasses.Of(image, classes, logitScale, top);
}
