using Google.Protobuf;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer;

/// <summary>From the scorer's own types to the contract's.</summary>
internal static class Answers
{
    public static V1.Model Model(EmbeddingModel model) => new()
    {
        Name = model.Facts.Name,
        Digest = model.Facts.Digest,
        EmbeddingDimension = model.Facts.EmbeddingDimension,
        ImageSize = model.Facts.ImageSize,
        ContextLength = model.Facts.ContextLength,
        LogitScale = model.Facts.LogitScale,
        LogitBias = model.Facts.LogitBias,
        Probability = model.Facts.Probability switch
        {
            ZeroShotProbability.Softmax => V1.ZeroShotProbability.Softmax,
            ZeroShotProbability.Sigmoid => V1.ZeroShotProbability.Sigmoid,
            var other => throw new ArgumentOutOfRangeException(nameof(model), other, "The contract has no such probability."),
        },
        ExecutionProvider = model.Facts.ExecutionProvider,
        Device = model.Facts.Device,
        Precision = model.Facts.Precision,
        PreprocessingVersion = model.Preprocessor.Version,
        ParityAgainst = model.Parity?.Against ?? "",
        ParityLargestError = model.Parity?.LargestError ?? 0,
    };

    /// <summary>An embedding as the contract sends it.</summary>
    public static ByteString Bytes(float[] embedding) => UnsafeByteOperations.UnsafeWrap(EmbeddingBytes.Of(embedding));

    public static V1.ImageEmbedding Embedding(EmbeddingBatch batch, int image, bool withNumbers) => new()
    {
        Outcome = Outcome(batch.Outcome(image)),
        Rejection = batch.Rejection(image),
        Embedding = withNumbers && Known(batch, image) ? Bytes(batch.Embedding(image).ToArray()) : ByteString.Empty,
    };

    public static V1.ScoreTemplatesResponse Score(
        int index, ImageSet set, TemplateScore score, IEnumerable<RepairedTemplate> repaired, bool withOutcomes) => new()
        {
            PromptSetIndex = index,
            Score = new()
            {
                Accuracy = score.Accuracy,
                Loss = score.Loss,
                ClassImages = { set.ClassImages },
                ClassCorrect = { score.ClassCorrect },
                Outcomes = { withOutcomes ? Outcomes(score) : [] },
                PromptTokens = score.PromptTokens,
                Repaired = { repaired.Select(Repaired) },
            },
        };

    public static V1.RepairedTemplate Repaired(RepairedTemplate one) => new() { Template = one.Template, ReadAs = one.ReadAs };

    public static V1.Classification Classification(
        EmbeddingBatch batch, int image, ClassMatrix matrix, ClassNames classes, IZeroShotHead head, int top)
    {
        var nearest = Known(batch, image) ? head.Nearest(batch.Embedding(image), matrix, top) : [];
        return new()
        {
            Outcome = Outcome(batch.Outcome(image)),
            Rejection = batch.Rejection(image),
            Classes =
            {
                nearest.Select(near => new V1.ClassProbability { ClassName = classes.Names[near.Class], Probability = near.Probability }),
            },
        };
    }

    private static IEnumerable<V1.ImageScore> Outcomes(TemplateScore score) => score.Predicted.Select((predicted, image) =>
        new V1.ImageScore
        {
            Predicted = predicted,
            Loss = score.Losses[image],
            TopProbability = score.TopProbabilities[image],
        });

    private static bool Known(EmbeddingBatch batch, int image) =>
        batch.Outcome(image) is EmbeddingOutcome.Cached or EmbeddingOutcome.Encoded;

    private static V1.ImageOutcome Outcome(EmbeddingOutcome outcome) => outcome switch
    {
        EmbeddingOutcome.Cached => V1.ImageOutcome.Cached,
        EmbeddingOutcome.Encoded => V1.ImageOutcome.Encoded,
        EmbeddingOutcome.ContentNeeded => V1.ImageOutcome.ContentNeeded,
        EmbeddingOutcome.Rejected => V1.ImageOutcome.Rejected,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An image was left without an answer."),
    };
}
