namespace Ipo.ClipScorer.ZeroShot;

/// <summary>The line from cosines to logits: scale · cosine + bias.</summary>
/// <param name="Scale">Factor on cosines, already exponentiated; above 0, so that the nearest class has the highest logit.</param>
/// <param name="Bias">Added to every logit. A softmax does not see it.</param>
internal readonly record struct Logits(double Scale, double Bias);

/// <summary>What a head makes of one image's cosines, taken in chunks of classes so that a full row of logits is never
/// needed. Equal bits on every run, whatever a register holds. <c>default</c> is no row yet. The scorer's loop is
/// compiled for each struct that stands behind this, so a call through it costs nothing.</summary>
internal interface IRowScore
{
    /// <summary>Index of the largest cosine so far; the first one wins a tie.</summary>
    int Nearest { get; }

    /// <summary>Takes the next classes of the row.</summary>
    /// <param name="cosines">Cosines; a multiple of 16, filled up with negative infinity.</param>
    /// <param name="first">Index of the first of these classes.</param>
    /// <param name="logits">From cosines to logits.</param>
    void Add(ReadOnlySpan<float> cosines, int first, in Logits logits);

    /// <summary>The row's loss in nats, given the cosine of the image's own class.</summary>
    double Loss(float own, in Logits logits);

    /// <summary>The probability of the nearest class, in 0..1.</summary>
    float TopProbability(in Logits logits);
}
