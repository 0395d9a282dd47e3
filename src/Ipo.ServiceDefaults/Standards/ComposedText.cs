using System.Globalization;
using System.Text;

namespace Ipo.ServiceDefaults.Standards;

/// <summary>Unicode's composed form, NFC (UAX #15): "ñ" is one character, however a file system or a keyboard wrote it.
/// By tables of its own, because <see cref="string.Normalize()"/> does nothing where globalization is invariant.</summary>
public static class ComposedText
{
    // Hangul is composed by arithmetic (The Unicode Standard, section 3.12).
    private const int SBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7;
    private const int LCount = 19, VCount = 21, TCount = 28, NCount = VCount * TCount, SCount = LCount * NCount;

    private static readonly Tables Canonical = Tables.Read();

    /// <summary>The text in its composed form. Half a surrogate pair comes back as U+FFFD.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var characters = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, characters);
        Order(characters);
        Compose(characters);
        var composed = new StringBuilder(characters.Count);
        foreach (var character in characters) composed.Append(new Rune(character).ToString());
        return composed.ToString();
    }

    private static void Decompose(int character, List<int> into)
    {
        if (character - SBase is >= 0 and < SCount and var syllable)
        {
            into.Add(LBase + (syllable / NCount));
            into.Add(VBase + (syllable % NCount / TCount));
            if (syllable % TCount > 0) into.Add(TBase + (syllable % TCount));
        }
        else if (Canonical.Decompositions.TryGetValue(character, out var parts))
        {
            foreach (var part in parts) Decompose(part, into);
        }
        else into.Add(character);
    }

    // Marks behind a letter in the order of their classes, those of one class as they stand.
    private static void Order(List<int> characters)
    {
        for (var at = 1; at < characters.Count; at++)
        {
            var mark = characters[at];
            var place = at;
            while (place > 0 && Class(mark) > 0 && Class(characters[place - 1]) > Class(mark)) place--;
            characters.RemoveAt(at);
            characters.Insert(place, mark);
        }
    }

    private static void Compose(List<int> characters)
    {
        var (starter, previousClass) = (-1, 0);
        for (var at = 0; at < characters.Count; at++)
        {
            var (character, ofClass) = (characters[at], Class(characters[at]));
            // Nothing of the same or a higher class may stand between.
            if (starter >= 0 && (at - starter == 1 || (previousClass < ofClass && previousClass > 0))
                && Pair(characters[starter], character) is { } composed)
            {
                characters[starter] = composed;
                characters.RemoveAt(at--);
                continue;
            }
            if (ofClass == 0) starter = at;
            previousClass = ofClass;
        }
    }

    private static int? Pair(int first, int second)
    {
        if (first - LBase is >= 0 and < LCount and var lead && second - VBase is >= 0 and < VCount and var vowel)
            return SBase + (((lead * VCount) + vowel) * TCount);
        if (first - SBase is >= 0 and < SCount and var syllable && syllable % TCount == 0
            && second - TBase is > 0 and < TCount and var tail)
            return first + tail;
        return Canonical.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static int Class(int character) => Canonical.Classes.GetValueOrDefault(character);

    private sealed record Tables(
        IReadOnlyDictionary<int, int[]> Decompositions, IReadOnlyDictionary<(int, int), int> Compositions,
        IReadOnlyDictionary<int, int> Classes)
    {
        public static Tables Read()
        {
            var (decompositions, compositions, classes) =
                (new Dictionary<int, int[]>(), new Dictionary<(int, int), int>(), new Dictionary<int, int>());
            using var stream = typeof(ComposedText).Assembly.GetManifestResourceStream(typeof(ComposedText), "canonical.txt")!;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                if (line.StartsWith('#')) continue;
                if (line.Split(':') is [var range, var ofClass])
                {
                    var (first, last) = (Hex(range.Split('-')[0]), Hex(range.Split('-')[1]));
                    for (var character = first; character <= last; character++)
                        classes[character] = int.Parse(ofClass, CultureInfo.InvariantCulture);
                    continue;
                }
                var parts = line.Split('=', '!');
                var into = parts[1].Split(' ').Select(Hex).ToArray();
                decompositions[Hex(parts[0])] = into;
                if (line.Contains('=', StringComparison.Ordinal)) compositions[(into[0], into[1])] = Hex(parts[0]);
            }
            return new(decompositions, compositions, classes);
        }

        private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
