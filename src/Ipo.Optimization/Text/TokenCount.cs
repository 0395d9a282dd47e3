namespace Ipo.Optimization.Text;

/// <summary>Tokens of a language model as they are estimated before it counts them: every model counts
/// otherwise.</summary>
internal static class TokenCount
{
    /// <summary>Characters of a description as a multimodal model usually writes it.</summary>
    public const int UsualCharacters = 300;

    // A rule of thumb for English text and byte-pair encodings.
    private const int CharactersPerToken = 4;

    /// <summary>Tokens of a line that shows a usual description.</summary>
    public static long UsualDescription { get; } = Of(DescriptionLine.Of(99, new string('x', UsualCharacters)) + "\n");

    public static long Of(string text) => (text.Length + CharactersPerToken - 1) / CharactersPerToken;
}
