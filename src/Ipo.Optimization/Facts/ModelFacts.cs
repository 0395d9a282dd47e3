namespace Ipo.Optimization.Facts;

/// <summary>The checkpoint that scores.</summary>
public sealed record ModelFacts(
    string Name, string Digest, string ExecutionProvider, string Precision, string PreprocessingVersion, double LogitScale);
