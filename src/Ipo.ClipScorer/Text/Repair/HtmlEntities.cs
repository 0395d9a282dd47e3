using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ipo.ClipScorer.Text.Repair;

/// <summary>
/// HTML5 character references as Python's html.unescape reads them, which is what CLIP's tokenizer calls.
/// .NET's own decoder knows HTML 4's names only and wants the semicolon: "salt&amp;ampere" would differ.
/// </summary>
internal static partial class HtmlEntities
{
    // The table of the HTML standard, section 13.5: name, then its code points in hexadecimal.
    private static readonly Dictionary<string, string> Names = ReadNames();

    private static readonly Dictionary<string, string> Capitals = Names
        .Where(pair => pair.Key.EndsWith(';') && !pair.Key.Any(char.IsAsciiLetterUpper))
        .Select(pair => (Name: pair.Key.ToUpperInvariant(), pair.Value))
        .Where(pair => Unescape("&" + pair.Name) == "&" + pair.Name)
        .ToDictionary(
            pair => pair.Name, pair => Typography.Plain(pair.Value).ToUpperInvariant().Replace("ß", "SS", StringComparison.Ordinal));

    // The standard's replacements for numeric references to the C1 controls, which old pages meant as Windows-1252.
    private static readonly int[] Windows1252 =
    [
        0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
    ];

    /// <summary>The text with its character references replaced, once.</summary>
    public static string Unescape(string text) =>
        text.Contains('&', StringComparison.Ordinal) ? Reference().Replace(text, match => Replace(match.Groups[1].Value)) : text;

    /// <summary>The text with its whole references replaced, once: names and numbers that a semicolon ends. A name in
    /// capitals that no character has is the capital of the one that has it in small letters: "&amp;EACUTE;" (ftfy).</summary>
    public static string UnescapeWhole(string text) =>
        text.Contains('&', StringComparison.Ordinal) ? WholeReference().Replace(text, match => ReplaceWhole(match.Value)) : text;

    private static string ReplaceWhole(string reference)
    {
        if (Names.TryGetValue(reference[1..], out var named) || Capitals.TryGetValue(reference[1..], out named)) return named;
        var unescaped = Unescape(reference);
        return unescaped.Contains(';', StringComparison.Ordinal) ? reference : unescaped;
    }

    private static string Replace(string reference)
    {
        if (reference[0] == '#') return Number(reference.AsSpan(1).TrimEnd(';'));
        if (Names.TryGetValue(reference, out var whole)) return whole;
        // Names of old need no semicolon, and the longest one wins: "&notit;" is "¬it;".
        for (var length = reference.Length - 1; length > 1; length--)
            if (Names.TryGetValue(reference[..length], out var start)) return start + reference[length..];
        return "&" + reference;
    }

    private static string Number(ReadOnlySpan<char> digits)
    {
        var hexadecimal = digits[0] is 'x' or 'X';
        if (hexadecimal) digits = digits[1..];
        var significant = digits.TrimStart('0');
        // Eight hexadecimal digits still fit; anything longer is beyond Unicode whatever it says.
        var number = significant.Length > 8 ? long.MaxValue
            : significant.IsEmpty ? 0
            : long.Parse(significant, hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture);
        return number switch
        {
            0 or (>= 0xD800 and <= 0xDFFF) or > 0x10FFFF => "\uFFFD",
            >= 0x80 and <= 0x9F => char.ConvertFromUtf32(Windows1252[number - 0x80]),
            (>= 0x1 and <= 0x8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or (>= 0xFDD0 and <= 0xFDEF) => "",
            _ when (number & 0xFFFE) == 0xFFFE => "",
            _ => char.ConvertFromUtf32((int)number),
        };
    }

    private static Dictionary<string, string> ReadNames()
    {
        using var stream = typeof(HtmlEntities).Assembly.GetManifestResourceStream("Ipo.ClipScorer.Text.Repair.html5-entities.txt")!;
        using var reader = new StreamReader(stream);
        var names = new Dictionary<string, string>(2300, StringComparer.Ordinal);
        var characters = new StringBuilder();
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            characters.Clear();
            foreach (var code in parts.AsSpan(1))
                characters.Append(char.ConvertFromUtf32(
                    int.Parse(code, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
            names[parts[0]] = characters.ToString();
        }
        return names;
    }

    [GeneratedRegex(@"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex("&#?[0-9A-Za-z]{1,24};", RegexOptions.CultureInvariant)]
    private static partial Regex WholeReference();
}
