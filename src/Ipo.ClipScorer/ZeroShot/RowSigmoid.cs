namespace Ipo.ClipScorer.ZeroShot;

/// <summary>One image under a model that was trained on pairs (Zhai et al. 2023): its probabilities are sigmoids, each pair's
/// alone. Its loss is the cross-entropy of a softmax over the logits, which is what those probabilities say of an image
/// that belongs to exactly one of the classes: p_c · Π (1 − p_k) over the other classes k is proportional to
/// p_c / (1 − p_c) = e^logit (docs/decisions/0015-siglip-loss.md).</summary>
internal struct RowSigmoid : IRowScore
{
    private RowSoftmax _classes;

    public readonly int Nearest => _classes.Nearest;

    public void Add(ReadOnlySpan<float> cosines, int first, in Logits logits) => _classes.Add(cosines, first, logits);

    public readonly double Loss(float own, in Logits logits) => _classes.Loss(own, logits);

    public readonly float TopProbability(in Logits logits) => (float)Probability(_classes.Largest, logits);

    /// <summary>The probability that an image and a class belong together, in 0..1.</summary>
    public static double Probability(float cosine, in Logits logits) => 1 / (1 + Math.Exp(-(cosine * logits.Scale + logits.Bias)));
}
