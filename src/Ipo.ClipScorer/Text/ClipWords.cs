using System.Globalization;
using System.Text;
using Ipo.ClipScorer.Text.Repair;

namespace Ipo.ClipScorer.Text;

/// <summary>
/// The part of CLIP's tokenizer before the merges (openai/CLIP, clip/simple_tokenizer.py): clean, lower, split
/// into words. Written over code points, because .NET's regular expressions see \p{L} in UTF-16 units and
/// would miss letters beyond the first plane.
/// </summary>
internal static class ClipWords
{
    public const string Start = "<|startoftext|>";
    public const string End = "<|endoftext|>";

    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>The text repaired, references unescaped twice, white space folded to single spaces.</summary>
    public static string Repair(string text) =>
        FoldWhiteSpace(HtmlEntities.Unescape(HtmlEntities.Unescape(TextRepair.Of(text))));

    /// <summary>The repaired text in lower case.</summary>
    public static string Clean(string text) => LowerCase.Of(Repair(text));

    /// <summary>The words of a cleaned text, in order: special tokens, contractions, runs of letters, single
    /// digits, runs of anything else.</summary>
    public static IEnumerable<string> Split(string cleaned)
    {
        for (var at = 0; at < cleaned.Length;)
        {
            if (cleaned[at] == ' ') { at++; continue; }
            var length = WordLength(cleaned, at);
            yield return cleaned.Substring(at, length);
            at += length;
        }
    }

    private static int WordLength(string text, int at)
    {
        if (At(text, at, Start)) return Start.Length;
        if (At(text, at, End)) return End.Length;
        foreach (var contraction in Contractions)
            if (At(text, at, contraction)) return contraction.Length;
        var (kind, length) = KindAt(text, at);
        if (kind == Kind.Number) return length;
        for (var next = at + length; next < text.Length; next += length)
        {
            (var nextKind, length) = KindAt(text, next);
            if (nextKind != kind) return next - at;
        }
        return text.Length - at;
    }

    private static bool At(string text, int at, string word) => string.CompareOrdinal(text, at, word, 0, word.Length) == 0;

    private enum Kind { Space, Letter, Number, Other }

    private static (Kind Kind, int Length) KindAt(string text, int at)
    {
        if (text[at] == ' ') return (Kind.Space, 1);
        // Half a surrogate pair is not text; it goes the way of any other symbol and is encoded as U+FFFD.
        if (!Rune.TryGetRuneAt(text, at, out var rune)) return (Kind.Other, 1);
        var kind = Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
        return (kind, rune.Utf16SequenceLength);
    }

    private static string FoldWhiteSpace(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            // Python's str.isspace, which also counts the four information separators.
            var space = char.IsWhiteSpace(character) || character is >= '\x1C' and <= '\x1F';
            if (!space) folded.Append(character);
            else if (folded.Length > 0 && folded[^1] != ' ') folded.Append(' ');
        }
        if (folded.Length > 0 && folded[^1] == ' ') folded.Length--;
        return folded.ToString();
    }
}
