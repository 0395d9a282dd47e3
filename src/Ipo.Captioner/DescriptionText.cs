using System.Text.RegularExpressions;
using Ipo.Providers;

namespace Ipo.Captioner;

/// <summary>Makes a description of what a model wrote. It will stand in an instruction to another model, so it is
/// treated as data: one line of plain characters, no tags, of limited length, no class named.</summary>
internal static partial class DescriptionText
{
    private const int LongestDescription = 1_000;

    /// <inheritdoc cref="Of(string, IReadOnlyList{string}, out int)"/>
    public static string Of(string answer, IReadOnlyList<string> classNames) => Of(answer, classNames, out _);

    /// <summary>The description; empty where no words are left.</summary>
    /// <param name="answer">What the model wrote.</param>
    /// <param name="classNames">Names to take out, the image's own class first.</param>
    /// <param name="namesReplaced">How often it held one of them.</param>
    public static string Of(string answer, IReadOnlyList<string> classNames, out int namesReplaced)
    {
        // Tags first: "<b>dog</b>" or a zero-width character must not hide a name. Cut last: a name may stand across
        // the limit.
        var plain = Invisible().Replace(
            Tag().Replace(answer, " "),
            match => char.IsControl(match.Value[0]) || match.Value[0] is '\u2028' or '\u2029' ? " " : "");
        var line = Blanks().Replace(Markup().Replace(plain, " "), " ").Trim();
        var scrubbed = ClassNames.WithParts(classNames).Scrub(line, out namesReplaced);
        if (!scrubbed.Any(char.IsLetter)) return "";
        return scrubbed.Length <= LongestDescription ? scrubbed : Cut(scrubbed);
    }

    private static string Cut(string text)
    {
        var end = text.LastIndexOf(' ', LongestDescription - 2);
        var kept = text[..(end > LongestDescription / 2 ? end : LongestDescription - 2)];
        return (char.IsHighSurrogate(kept[^1]) ? kept[..^1] : kept) + " …";
    }

    [GeneratedRegex("<[^<>]{0,200}>")]
    private static partial Regex Tag();

    // Control, format, private-use and lone surrogate characters, line and paragraph separators.
    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")]
    private static partial Regex Invisible();

    [GeneratedRegex("[<>*#`]+")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
