using System.Globalization;
using System.Text;

namespace Ipo.ClipScorer.Text;

/// <summary>Unicode's lower case of a whole text (The Unicode Standard, section 3.13), as Python's <c>str.lower</c> gives
/// it. .NET's goes letter by letter and misses the two places where that is not enough (SpecialCasing.txt).</summary>
internal static class LowerCase
{
    public static string Of(string text)
    {
        var lower = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == 'İ') lower.Append("i\u0307");
            else if (text[at] == 'Σ') lower.Append(EndsWord(text, at) ? 'ς' : 'σ');
            else if (Rune.TryGetRuneAt(text, at, out var rune))
            {
                lower.Append(Rune.ToLowerInvariant(rune).ToString());
                at += rune.Utf16SequenceLength - 1;
            }
            else lower.Append(text[at]);
        }
        return lower.ToString();
    }

    // Behind a letter and not before one, whatever without case stands between.
    private static bool EndsWord(string text, int sigma)
    {
        Rune rune;
        var (before, behind) = (sigma, sigma + 1);
        do
        {
            if (before == 0) return false;
            Rune.DecodeLastFromUtf16(text.AsSpan(..before), out rune, out var length);
            before -= length;
        }
        while (IsIgnored(rune));
        if (!IsCased(rune)) return false;
        do
        {
            if (behind == text.Length) return true;
            Rune.DecodeFromUtf16(text.AsSpan(behind), out rune, out var length);
            behind += length;
        }
        while (IsIgnored(rune));
        return !IsCased(rune);
    }

    // Unicode's property Cased: letters with case, and what stands for some (ordinal indicators, numbers and symbols of letters).
    private static bool IsCased(Rune rune) => rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    // Unicode's property Case_Ignorable: marks, and punctuation inside words.
    private static bool IsIgnored(Rune rune) =>
        (rune.IsBmp && "'.:·\u0387՟״‘’․‧︓﹒﹕＇．：".Contains((char)rune.Value, StringComparison.Ordinal))
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
