using System.Text;
using System.Text.RegularExpressions;

namespace Ipo.ClipScorer.Text.Repair;

/// <summary>Characters that look like others and stand for them, and those that show nothing.</summary>
internal static partial class Typography
{
    // U+FF5F to U+FFEE: the wide and narrow forms behind ASCII's, by what Unicode says that they stand for (UnicodeData.txt 14.0,
    // <wide> and <narrow>); a space where Unicode gives no other. Hangul's narrow letters are those that compose.
    private const string Widths =
        "⦅⦆。「」、・ヲァィゥェォャュョッー"
        + "アイウエオカキクケコサシスセソタチツ"
        + "テトナニヌネノハヒフヘホマミムメモヤ"
        + "ユヨラリルレロワン\u3099\u309A"
        + "\u1160\u1100\u1101\u11AA\u1102\u11AC\u11AD\u1103\u1104\u1105\u11B0\u11B1\u11B2\u11B3\u11B4\u11B5\u111A\u1106\u1107\u1108"
        + "\u1121\u1109\u110A\u110B\u110C\u110D\u110E\u110F\u1110\u1111\u1112   \u1161\u1162\u1163\u1164\u1165\u1166"
        + "  \u1167\u1168\u1169\u116A\u116B\u116C  \u116D\u116E\u116F\u1170\u1171\u1172  \u1173\u1174\u1175   "
        + "¢£¬ ¦¥₩ │←↑→↓■○";

    /// <summary>The text with plain letters, quotes, widths and line breaks, without terminal escapes and controls.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n') continue;
            if (Spelled(text[at]) is { } spelled) plain.Append(spelled);
            else plain.Append(Plain(text[at]));
        }
        var escaped = plain.ToString();
        if (escaped.Contains('\x1B', StringComparison.Ordinal)) escaped = TerminalEscape().Replace(escaped, "");
        return string.Concat(escaped.Where(character => !ShowsNothing(character)));
    }

    private static char Plain(char character) => character switch
    {
        '\u02BC' or (>= '\u2018' and <= '\u201B') => '\'',
        >= '\u201C' and <= '\u201F' => '"',
        '\r' or '\u0085' or '\u2028' or '\u2029' => '\n',
        '\u3000' => ' ',
        >= '\uFF01' and <= '\uFF5E' => (char)(character - 0xFEE0),
        >= '\uFF5F' and <= '\uFFEE' when Widths[character - 0xFF5F] is not ' ' and var other => other,
        _ => character,
    };

    // Letters that were put into one character for typesetting or for old charsets.
    private static string? Spelled(char character) => character switch
    {
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        'ŉ' => "'n",
        'Ǆ' => "DŽ",
        'ǅ' => "Dž",
        'ǆ' => "dž",
        'Ǉ' => "LJ",
        'ǈ' => "Lj",
        'ǉ' => "lj",
        'Ǌ' => "NJ",
        'ǋ' => "Nj",
        'ǌ' => "nj",
        'Ǳ' => "DZ",
        'ǲ' => "Dz",
        'ǳ' => "dz",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' => "ſt",
        'ﬆ' => "st",
        '￣' => " \u0304",
        _ => null,
    };

    // ASCII's controls but tab, line feed, form feed and return; deprecated format characters, the byte order mark,
    // annotations, and the place of an object.
    private static bool ShowsNothing(char character) => character is <= '\x08' or '\x0B' or (>= '\x0E' and <= '\x1F') or '\x7F'
        or (>= '\u206A' and <= '\u206F') or '\uFEFF' or (>= '\uFFF9' and <= '\uFFFC');

    [GeneratedRegex(@"\x1B\[[\d;]*[a-zA-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex TerminalEscape();
}
