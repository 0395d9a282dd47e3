namespace Ipo.ClipScorer.Text;

/// <summary>A text has more tokens than the checkpoint's context. It is refused, because a cut text
/// would be scored as something else.</summary>
internal sealed class TextTooLongException(int tokens, int contextLength) : Exception(
    $"A text has {tokens} tokens with start and end, and this checkpoint takes {contextLength}. Shorten the template or the class name.")
{
    /// <summary>Tokens of the text, start and end included.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>Tokens the checkpoint takes, start and end included.</summary>
    public int ContextLength { get; } = contextLength;
}
