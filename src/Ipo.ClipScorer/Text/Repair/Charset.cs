using System.Collections.Frozen;
using System.Text;

namespace Ipo.ClipScorer.Text.Repair;

/// <summary>A charset of one byte a character in which UTF-8 is read by mistake.</summary>
internal sealed class Charset
{
    private readonly char[] _characters = new char[256];
    private readonly FrozenDictionary<char, byte> _bytes;

    private Charset(int codePage, bool isWindows = false)
    {
        (IsWindows, HasSpaces) = (isWindows, codePage != 10000);
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.GetEncoding(codePage);
        for (var value = 0; value < 256; value++)
        {
            var character = value < 128 ? (char)value : encoding.GetChars([(byte)value])[0];
            // A byte without a character: programs take it for the control character of its number.
            _characters[value] = character is '\uFFFD' or (>= '\uF8F5' and <= '\uF8FE') ? (char)value
                : character == '\u2126' ? 'Ω' // MacRoman's ohm: Apple's table and Unicode take it for the letter
                : character;
        }
        // A character that was lost on the way came from a byte that nobody knows; 1A (substitute) stands for it.
        if (isWindows) _characters[0x1A] = '\uFFFD';
        _bytes = Enumerable.Range(0, 256).DistinctBy(value => _characters[value])
            .ToFrozenDictionary(value => _characters[value], value => (byte)value);
    }

    public static Charset Windows1252 { get; } = new(1252, isWindows: true);

    /// <summary>All of them, in the order in which they are tried.</summary>
    public static IReadOnlyList<Charset> All { get; } =
    [
        new(28591), Windows1252, new(1251, true), new(1250, true), new(1253, true), new(1254, true), new(1257, true),
        new(28592), new(10000), new(437),
    ];

    // What bytes of UTF-8 look like in the charsets that go on from ASCII as Latin-1 does.
    private static readonly FrozenSet<char> FirstOfTwo = Looks(0xC2, 0xDF);
    private static readonly FrozenSet<char> FirstOfThree = Looks(0xE0, 0xEF);
    private static readonly FrozenSet<char> FirstOfFour = [.. Looks(0xF0, 0xF0), .. Looks(0xF3, 0xF3)];
    private static readonly FrozenSet<char> Continuing = [.. Looks(0x80, 0xBF), ' '];
    private static readonly FrozenSet<char> StandAlone = [.. " –—―‘’‚“”„•…"];

    /// <summary>Whether it is one of Windows', which programs read with gaps.</summary>
    public bool IsWindows { get; }

    /// <summary>Whether its byte A0 is a space, so that a program may have made a plain one of it.</summary>
    public bool HasSpaces { get; }

    /// <summary>The bytes that a text was read from; null where it has a character that the charset lacks.</summary>
    public byte[]? Encode(string text)
    {
        var bytes = new byte[text.Length];
        for (var at = 0; at < bytes.Length; at++)
            if (!_bytes.TryGetValue(text[at], out bytes[at])) return null;
        return bytes;
    }

    public char Decode(byte value) => _characters[value];

    /// <summary>Whether a character looks like a byte that goes on in a sequence of UTF-8. A space may have been a
    /// no-break space.</summary>
    /// <param name="character">The character.</param>
    /// <param name="alsoAlone">Whether those count that often stand for themselves: spaces, dashes, quotation
    /// marks.</param>
    public static bool Continues(char character, bool alsoAlone) =>
        Continuing.Contains(character) && (alsoAlone || !StandAlone.Contains(character));

    /// <summary>How many characters from here on look like whole sequences of UTF-8; 0 for none.</summary>
    public static int SequencesAt(string text, int start)
    {
        var end = start;
        while (end < text.Length && SequenceLength(text[end]) is > 0 and var length && end + length <= text.Length)
        {
            for (var at = end + 1; at < end + length; at++)
                if (!Continues(text[at], alsoAlone: true)) return end - start;
            end += length;
        }
        return end - start;
    }

    private static int SequenceLength(char first) =>
        FirstOfTwo.Contains(first) ? 2 : FirstOfThree.Contains(first) ? 3 : FirstOfFour.Contains(first) ? 4 : 0;

    private static FrozenSet<char> Looks(int first, int last) =>
        [.. All.Take(8).SelectMany(charset => charset._characters[first..(last + 1)])];
}
