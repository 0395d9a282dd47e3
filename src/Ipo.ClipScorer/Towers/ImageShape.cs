namespace Ipo.ClipScorer.Towers;

/// <summary>What a vision tower takes of an image and gives for it.</summary>
/// <param name="Side">Pixels along each side of the image.</param>
/// <param name="Tokens">Tokens of the image.</param>
/// <param name="Dimension">Length of its embedding.</param>
internal sealed record ImageShape(int Side, int Tokens, int Dimension);
