using System.Globalization;
using System.Text;

namespace Ipo.Optimization.Text;

/// <summary>Foreign text made fit to stand on one line of ours, whatever it holds: white space and what cannot be
/// printed become one space, and what is too long is cut, at a word if one ends near.
/// </summary>
internal static class OneLine
{
    /// <param name="text">The text, of any origin.</param>
    /// <param name="length">Most characters that are kept; a mark of two more says that some were not.</param>
    public static string Of(string text, int length)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            line.Append(IsGap(rune) ? " " : rune.ToString());

        var whole = string.Join(' ', line.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (whole.Length <= length) return whole;
        var word = whole.LastIndexOf(' ', length);
        var cut = word > length / 2 ? word : length;
        if (char.IsHighSurrogate(whole[cut - 1])) cut--;
        return whole[..cut] + " …";
    }

    // Format characters turn the direction of text or hide in it, and so do variation selectors: a model reads what a person
    // does not see.
    private static bool IsGap(Rune rune) =>
        Rune.IsWhiteSpace(rune) || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned;
}
