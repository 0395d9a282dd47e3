using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Model;

/// <summary>What is loaded, and how it runs: the facts every report states.</summary>
/// <param name="Name">Name of the checkpoint's folder; in a hub's cache the model's.</param>
/// <param name="Digest">SHA-256, in lower-case hexadecimal, over configuration, weights,
/// tokenizer and preprocessing.</param>
/// <param name="EmbeddingDimension">Length of an embedding.</param>
/// <param name="ImageSize">Pixels along each side of the image the vision tower takes.</param>
/// <param name="ContextLength">Tokens the text tower takes, start and end included.</param>
/// <param name="LogitScale">The factor on cosine similarities, already
/// exponentiated: 100 for OpenAI's checkpoints.</param>
/// <param name="LogitBias">What is added to scaled similarities; 0 where the checkpoint has none.</param>
/// <param name="Probability">What the probability of a class is.</param>
/// <param name="ExecutionProvider">"cpu" or "cuda".</param>
/// <param name="Device">The device in words, threads included.</param>
/// <param name="Precision">"fp32" or "fp16": the precision of the towers. Embeddings are fp32 either way.</param>
internal sealed record ModelFacts(
    string Name,
    string Digest,
    int EmbeddingDimension,
    int ImageSize,
    int ContextLength,
    float LogitScale,
    float LogitBias,
    ZeroShotProbability Probability,
    string ExecutionProvider,
    string Device,
    string Precision);
