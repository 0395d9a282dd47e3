namespace Ipo.ClipScorer.ZeroShot;

/// <summary>How well one template classifies an image set.</summary>
/// <param name="Accuracy">Share of images whose nearest class is their own, in 0..1.</param>
/// <param name="Loss">Mean of <paramref name="Losses"/> in nats, summed in double in the set's order.</param>
/// <param name="ClassCorrect">Images of each class that were classified rightly, in label order.</param>
/// <param name="Predicted">The nearest class of each image, in the set's order; the first class wins a tie.</param>
/// <param name="Losses">Cross-entropy of each image in nats, in the set's order.</param>
/// <param name="TopProbabilities">The head's probability of each image's nearest
/// class, in 0..1, in the set's order.</param>
/// <param name="PromptTokens">Tokens of the longest prompt, summed over the templates of a prompt set.</param>
internal sealed record TemplateScore(
    double Accuracy, double Loss, int[] ClassCorrect, int[] Predicted, float[] Losses, float[] TopProbabilities,
    int PromptTokens)
{
    /// <summary>Memory of the arrays, in bytes.</summary>
    public long Bytes => 4L * (ClassCorrect.Length + Predicted.Length + Losses.Length + TopProbabilities.Length);
}
