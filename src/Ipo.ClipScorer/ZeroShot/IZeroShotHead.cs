namespace Ipo.ClipScorer.ZeroShot;

/// <summary>What the probability of a class is.</summary>
internal enum ZeroShotProbability
{
    /// <summary>A softmax over the logits of all classes: they add up to 1.</summary>
    Softmax,

    /// <summary>A sigmoid of the class's own logit, whatever the other classes are.</summary>
    Sigmoid,
}

/// <summary>What a family makes of the cosines of images and classes: how its models were trained decides
/// what a probability and a loss are.</summary>
internal interface IZeroShotHead
{
    /// <summary>The factor on cosines, already exponentiated: 100 for OpenAI's checkpoints.</summary>
    float LogitScale { get; }

    /// <summary>What is added to scaled cosines; 0 where the head has none.</summary>
    float LogitBias { get; }

    /// <summary>What the probabilities are. A loss is the cross-entropy of a softmax either way.</summary>
    ZeroShotProbability Probability { get; }

    /// <summary>Scores a template's class embeddings on an image set.</summary>
    /// <param name="set">The images.</param>
    /// <param name="classes">The embeddings of the template's prompts, as many as the set has classes.</param>
    /// <param name="threads">Most threads to use.</param>
    /// <param name="cancellation">Stops the work within a block.</param>
    TemplateScore Score(ImageSet set, ClassMatrix classes, int threads, CancellationToken cancellation);

    /// <summary>Classifies one image.</summary>
    /// <param name="image">Its embedding.</param>
    /// <param name="classes">The embeddings of the prompts.</param>
    /// <param name="top">How many classes to return, at least 1; all where there are fewer.</param>
    /// <returns>The nearest classes, best first; the first class wins a tie.</returns>
    ClassProbability[] Nearest(ReadOnlySpan<float> image, ClassMatrix classes, int top);
}
