using Ipo.ClipScorer.Towers;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>Cuts texts behind their first end id, where OpenAI's model reads a text, so that the tower behind it reads
/// each at its last id. A text that spells the end token out has one in its middle.</summary>
internal sealed class FirstEndTextTower(ITextTower inner, TextShape text, int endId) : ITextTower
{
    public int RowsOf(int tokens) => inner.RowsOf(tokens);

    public void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken cancellation)
    {
        // A text that ends inside the prefix is the same text for every suffix.
        var prefixEnd = prefix.IndexOf(endId);
        var texts = new int[suffixes.Count][];
        for (var at = 0; at < texts.Length; at++)
        {
            var end = prefixEnd < 0 ? Array.IndexOf(suffixes[at], endId) : 0;
            if (end < 0) throw new ArgumentException($"Text {at} has no end id, {endId}.", nameof(suffixes));
            texts[at] = prefixEnd < 0 ? suffixes[at][..(end + 1)] : [endId];
            RequireKnown(texts[at]);
        }
        if (prefixEnd >= 0) prefix = prefix[..prefixEnd];
        RequireKnown(prefix);
        inner.Encode(prefix, texts, features, cancellation);
    }

    public void Dispose() => inner.Dispose();

    private void RequireKnown(ReadOnlySpan<int> ids)
    {
        foreach (var id in ids)
            if ((uint)id >= (uint)text.VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The text tower knows ids below {text.VocabularySize}.");
    }
}
