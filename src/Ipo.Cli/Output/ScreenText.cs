using System.Text;

namespace Ipo.Cli.Output;

/// <summary>Text measured in screen columns: templates and class names may hold letters that take two columns or
/// none.</summary>
internal static class ScreenText
{
    public static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += Width(rune);
        return width;
    }

    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    /// <summary>At most so many columns of the text; where something is cut, the last column is an ellipsis.</summary>
    public static string Fit(string text, int width)
    {
        if (Width(text) <= width) return text;
        if (width < 1) return "";
        var kept = new StringBuilder();
        var room = width - 1;
        foreach (var rune in text.EnumerateRunes())
        {
            room -= Width(rune);
            if (room < 0) break;
            kept.Append(rune);
        }
        return kept.Append('…').ToString();
    }

    // The wide blocks of Unicode's EastAsianWidth.txt and the pictographs, in ranges: exact enough to keep lines from
    // wrapping.
    private static int Width(Rune rune) => rune.Value switch
    {
        _ when Rune.GetUnicodeCategory(
            rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark => 0,
        >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF => 2,
        >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 => 2,
        >= 0x1F300 and <= 0x1FAFF or >= 0x20000 and <= 0x3FFFD => 2,
        _ => 1,
    };
}
