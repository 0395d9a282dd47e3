namespace Ipo.Optimization.Facts;

/// <summary>Two images of different parts that look the same.</summary>
/// <param name="Image">Digest of the one.</param>
/// <param name="Part">Its part.</param>
/// <param name="Other">Digest of the one it looks like.</param>
/// <param name="OtherPart">The part of that one, which comes before.</param>
/// <param name="Cosine">Cosine of their embeddings.</param>
public sealed record DuplicatePair(string Image, DatasetPart Part, string Other, DatasetPart OtherPart, double Cosine);
