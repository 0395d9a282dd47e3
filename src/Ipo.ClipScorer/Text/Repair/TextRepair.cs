using System.Text;
using Ipo.ServiceDefaults.Standards;

namespace Ipo.ClipScorer.Text.Repair;

/// <summary>
/// Text as OpenAI's and open_clip's tokenizers repair it before they read it: by ftfy's <c>fix_text</c> (6.3.1 with its
/// default settings; https://ftfy.readthedocs.io says what each step does). HTML references, mojibake, ligatures,
/// letters of other widths, curly quotes, line breaks, terminal escapes and control characters are mended, and what is
/// left is composed (NFC).
/// </summary>
internal static class TextRepair
{
    /// <summary>The repaired text; the same text where nothing is wrong with it.</summary>
    public static string Of(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !text.Contains('&', StringComparison.Ordinal)) return text;
        var (repaired, references) = (new StringBuilder(text.Length), true);
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is var found and >= 0 ? found + 1 : text.Length;
            // Where there is markup, references belong to it; lines behind it are taken to be of one piece with it.
            references &= !text.AsSpan(at..end).Contains('<');
            repaired.Append(Line(text[at..end], references));
            at = end;
        }
        return repaired.ToString();
    }

    // Again until nothing changes: what one step mends, another one can read.
    private static string Line(string line, bool references)
    {
        while (true)
        {
            var before = line;
            if (references) line = HtmlEntities.UnescapeWhole(line);
            line = ComposedText.Of(Typography.Plain(Mojibake.Undo(line)));
            if (line == before) return line;
        }
    }
}
