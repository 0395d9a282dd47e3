using System.Globalization;
using System.Text;
using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports.Text;

/// <summary>Text of other origin, made safe to stand in GitHub-flavoured Markdown.</summary>
internal static class Markdown
{
    private const string Special = "\\`*_{}[]()<>#+!|~&$";

    /// <summary>Text as it is, on one line, also in a table.</summary>
    public static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsUnprintable(rune)) { safe.Append(' '); continue; }
            // Parentheses and plain dots read badly escaped; they are markup only after a ']' that is escaped already.
            if (rune.IsAscii && Special.Contains((char)rune.Value, StringComparison.Ordinal) && rune.Value is not ('(' or ')' or '+'))
                safe.Append('\\');
            safe.Append(rune);
        }
        return safe.ToString();
    }

    /// <summary>Text as a code span. In a table a '|' ends the cell even there, so it is escaped.</summary>
    public static string Code(string text)
    {
        var line = string.Concat(text.EnumerateRunes().Select(rune => IsUnprintable(rune) ? " " : rune.ToString()))
            .Replace("|", "\\|", StringComparison.Ordinal);
        var longest = 0;
        var run = 0;
        foreach (var character in line) longest = Math.Max(longest, run = character == '`' ? run + 1 : 0);
        var fence = new string('`', longest + 1);
        // A blank inside the fence keeps a backtick at the edge from joining it (CommonMark 6.1).
        return longest == 0 ? fence + line + fence : $"{fence} {line} {fence}";
    }

    /// <summary>A template, or those of a prompt set, as code spans; of sentences of single classes their
    /// number.</summary>
    public static string Prompts(PromptSet set)
    {
        var templates = string.Join(" + ", set.Templates.Select(template => Code(template.Text)));
        return set.Sentences.Count == 0 ? templates : $"{templates} + {set.Sentences.Count} sentences of single classes";
    }

    // Format characters turn the direction of a text or hide in it.
    private static bool IsUnprintable(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
