namespace Ipo.ClipScorer.Text;

/// <summary>Tokens that are looked for in a text as it stands, before anything else is done with it: the leftmost first,
/// and of those that begin alike the longest.</summary>
internal sealed class AddedTokens
{
    private readonly ILookup<char, (string Text, int Id)> _byFirst;

    /// <param name="tokens">Text to id; no text is empty.</param>
    public AddedTokens(IEnumerable<KeyValuePair<string, int>> tokens) => _byFirst = tokens
        .OrderByDescending(token => token.Key.Length)
        .ToLookup(token => token.Key[0], token => (token.Key, token.Value));

    /// <summary>The parts of a text, in order: a token's id, or text between tokens with no id.</summary>
    public IEnumerable<(int? Id, string Text)> Split(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var (token, id) in _byFirst[text[at]])
            {
                if (string.CompareOrdinal(text, at, token, 0, token.Length) != 0) continue;
                if (at > start) yield return (null, text[start..at]);
                yield return (id, token);
                start = at + token.Length;
                at = start - 1;
                break;
            }
        }
        if (start < text.Length) yield return (null, text[start..]);
    }
}
