using System.Text;
using System.Text.Unicode;

namespace Ipo.ClipScorer.Text.Repair;

/// <summary>Bytes that should be UTF-8, after a program read them in another charset and perhaps lost some.</summary>
internal static class MisreadUtf8
{
    private const byte Space = 0x20, NoBreakSpace = 0xA0, Lost = 0x1A;

    // "à" with its no-break space made plain looks like the word "à" before the next word. In these it is their beginning
    // ("àquele", "àquela", "àquilo", "às"); a second space belongs to what follows.
    private static readonly byte[][] GoesOnInWord = [[.. " "u8], [.. "quele"u8], [.. "quela"u8], [.. "quilo"u8], [.. "s "u8]];

    /// <summary>The text that the bytes are in UTF-8; null where they are none.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="charset">The charset that they were read in.</param>
    public static string? Decode(byte[] bytes, Charset charset)
    {
        if (charset.HasSpaces) bytes = Replace(Replace(bytes, Grave), WithSpace);
        if (charset.IsWindows) bytes = Replace(bytes, WithGap);
        bytes = Replace(bytes, Variant);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private delegate (int Length, byte[] By) Finder(ReadOnlySpan<byte> from);

    // What the finder finds, from left to right.
    private static byte[] Replace(byte[] bytes, Finder find)
    {
        var replaced = new List<byte>(bytes.Length + 4);
        for (var at = 0; at < bytes.Length;)
        {
            var (length, by) = find(bytes.AsSpan(at));
            if (length == 0) replaced.Add(bytes[at++]);
            else replaced.AddRange(by);
            at += length;
        }
        return [.. replaced];
    }

    private static (int, byte[]) Grave(ReadOnlySpan<byte> from)
    {
        if (from is not [0xC3, Space, .. var behind]) return default;
        foreach (var word in GoesOnInWord)
            if (behind.StartsWith(word)) return default;
        return (2, [0xC3, NoBreakSpace, Space]);
    }

    // Sequences in which a space stands for a no-break space, where they give characters that are in use: letters of Latin,
    // Greek, Cyrillic and Arabic of two bytes, symbols and kana of three, emoji of four.
    private static (int, byte[]) WithSpace(ReadOnlySpan<byte> from)
    {
        var length = from switch
        {
            [0xC2 or 0xC3 or 0xC5 or 0xCE or 0xD0 or 0xD9, Space, ..] => 2,
            [0xE2 or 0xE3, Space, var third, ..] when IsLetterOfThree(third) => 3,
            [>= 0xE0 and <= 0xE3, var second, Space, ..] when IsLetterOfThree(second) => 3,
            [0xF0, _, _, _, ..] when Spaces(from[1..4]) == 1 => 4,
            _ => 0,
        };
        return (length, [.. from[..length].ToArray().Select(value => value == Space ? NoBreakSpace : value)]);
    }

    // Not the ellipsis of Windows-1252 and not another space: they may stand for themselves.
    private static bool IsLetterOfThree(byte value) => IsContinuing(value) && value is not (0x85 or NoBreakSpace);

    // How many of some continuing bytes are spaces; -1 where one is neither.
    private static int Spaces(ReadOnlySpan<byte> values)
    {
        var spaces = 0;
        foreach (var value in values)
        {
            if (value == Space) spaces++;
            else if (!IsContinuing(value)) return -1;
        }
        return spaces;
    }

    // Sequences of which bytes were lost become one replacement character. A question mark may stand for one such byte.
    private static (int, byte[]) WithGap(ReadOnlySpan<byte> from)
    {
        var length = from switch
        {
            [>= 0xC2 and <= 0xDF, Lost, ..] or [0xC2 or 0xC3, (byte)'?', ..] => 2,
            [0xED, >= 0xA0 and <= 0xAF, var one, 0xED, >= 0xB0 and <= 0xBF, var other, ..]
                when Gaps([one]) >= 0 && Gaps([other]) >= 0 && Gaps([one]) + Gaps([other]) > 0 => 6,
            [>= 0xE0 and <= 0xEF, _, _, ..] when HasGap(from[1..3]) => 3,
            [>= 0xF0 and <= 0xF4, _, _, _, ..] when HasGap(from[1..4]) => 4,
            [Lost, ..] => 1,
            _ => 0,
        };
        return (length, [.. "\uFFFD"u8]);
    }

    private static bool HasGap(ReadOnlySpan<byte> values) => Gaps(values) > 0 && values.Count((byte)'?') <= 1;

    // How many of some continuing bytes were lost; -1 where one is none at all.
    private static int Gaps(ReadOnlySpan<byte> values)
    {
        var gaps = 0;
        foreach (var value in values)
        {
            if (value is Lost or (byte)'?') gaps++;
            else if (!IsContinuing(value)) return -1;
        }
        return gaps;
    }

    // CESU-8's two surrogates of three bytes each, and Java's null of two bytes.
    private static (int, byte[]) Variant(ReadOnlySpan<byte> from) => from switch
    {
        [0xC0, 0x80, ..] => (2, [0]),
        [0xED, >= 0xA0 and <= 0xAF and var a, var b, 0xED, >= 0xB0 and <= 0xBF and var c, var d, ..]
            when IsContinuing(b) && IsContinuing(d) => (6, Encoding.UTF8.GetBytes(char.ConvertFromUtf32(
                0x10000 + ((a & 0x0F) << 16) + ((b & 0x3F) << 10) + ((c & 0x0F) << 6) + (d & 0x3F)))),
        _ => default,
    };

    private static bool IsContinuing(byte value) => value is >= 0x80 and <= 0xBF;
}
