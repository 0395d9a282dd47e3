using System.Collections.Frozen;

namespace Ipo.Optimization.Descriptions;

/// <summary>The words that a description is made of: lower-cased runs of letters and digits, without those that say
/// nothing of an image. Two descriptions are compared by them, and by nothing else: neither order nor punctuation tells
/// images apart.
/// </summary>
public sealed class WordSet
{
    // Function words, and the word that stands where the captioner took a class name out.
    private static readonly FrozenSet<string> Empty =
        ("a an and are as at be but by for from has have in is it its of on or that the their there they this to was were which while with "
        + "image picture object objects").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private WordSet(HashSet<string> words) => Words = words;

    /// <summary>Each word once.</summary>
    public IReadOnlySet<string> Words { get; }

    /// <summary>The words of a text.</summary>
    public static WordSet Of(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < text.Length; at++)
        {
            var start = at;
            while (at < text.Length && char.IsLetterOrDigit(text[at])) at++;
            if (at > start && text[start..at].ToLowerInvariant() is var word && !Empty.Contains(word)) words.Add(word);
        }
        return new(words);
    }

    /// <summary>Jaccard's similarity, Broder's "resemblance" of single words (1997): shared words over all words, in
    /// 0..1; 1 for two sets without a word.</summary>
    public double Resemblance(WordSet other)
    {
        var shared = Words.Count < other.Words.Count ? Words.Count(other.Words.Contains) : other.Words.Count(Words.Contains);
        var all = Words.Count + other.Words.Count - shared;
        return all == 0 ? 1 : (double)shared / all;
    }
}
