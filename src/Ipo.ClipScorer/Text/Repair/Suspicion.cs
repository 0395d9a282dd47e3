using System.Collections.Frozen;
using System.Text;

namespace Ipo.ClipScorer.Text.Repair;

/// <summary>
/// Whether a text looks like mojibake: whether characters stand side by side in it that nobody writes so, and that bytes
/// of UTF-8 give in another charset. It decides as ftfy's "badness" does
/// (https://ftfy.readthedocs.io/en/latest/heuristic.html): a few hundred characters have kinds, and a table says which
/// kinds do not follow which. What people do write stays: "CAFÉ…", "10 Å—", "Noël…”".
/// </summary>
internal static class Suspicion
{
    [Flags]
    private enum Kind
    {
        None = 0,
        Control = 1,
        Stray = 1 << 1,
        Law = 1 << 2,
        Money = 1 << 3,
        Opening = 1 << 4,
        Closing = 1 << 5,
        Number = 1 << 6,
        Face = 1 << 7,
        Upper = 1 << 8,
        Lower = 1 << 9,
        OtherCase = 1 << 10,
        OtherLower = 1 << 11,
        Box = 1 << 12,
        Accents = Upper | Lower,
        Marks = Stray | Opening | Closing | Money,
    }

    private const string Strays = "¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\uFFFDªº";
    private const string Monies = "¢£¥₧€";
    private const string Openings = "¡«¿©΄΅‘‚“„•‹\uF8FF";
    private const string Closings = "®»˝”›™";
    private const string Numbers = "²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№";

    // In many places at home, so that they say little.
    private const string Everyday = "\u00A0\u00AD·´–—―…’";

    private const string BehindArabic = "ŸŠ®°µ»" + Everyday + Monies + Strays + Numbers + Openings;

    // Latin's letters, but for o and u with accents: they make faces, "(ò_ó)".
    private const string Uppers =
        "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑØÜÝĂĀĄĆČĎĐĘĚĒĖ"
        + "ĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ";
    private const string Lowers =
        "ßàáâãäåæçèéêëìíîïðñăāąćčďđ"
        + "ęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ";

    private static readonly FrozenDictionary<char, Kind> Kinds = new (string Characters, Kind Kind)[]
    {
        (Range('\x80', '\x9F'), Kind.Control),
        (Strays, Kind.Stray),
        ("¶§", Kind.Law),
        (Monies, Kind.Money),
        (Openings, Kind.Opening),
        (Closings, Kind.Closing),
        (Numbers, Kind.Number),
        ("ÒÓÔÕÖÙÚÛÜòóôõöøùúûüŐŌŪŲ°", Kind.Face),
        (Uppers, Kind.Upper),
        (Lowers, Kind.Lower),
        ("Þ" + Range('Α', 'Ω') + "ΆΈΉΊΌΎΏΪΫ" + Range('Ё', 'Я'), Kind.OtherCase),
        (Range('α', 'ω') + "άέήίΰ" + Range('а', 'џ'), Kind.OtherCase | Kind.OtherLower),
        ("│┌┐┘├┤┬┼" + Range('═', '╬') + "▀▄█▌▐░▒▓", Kind.Box),
    }.SelectMany(row => row.Characters.Select(character => (character, row.Kind)))
        .GroupBy(pair => pair.character, pair => pair.Kind)
        .ToFrozenDictionary(kinds => kinds.Key, kinds => kinds.Aggregate((one, other) => one | other));

    // Behind a kind, the kinds that do not follow it.
    private static readonly (Kind Behind, Kind Unlikely)[] Neighbours =
    [
        (Kind.Stray, Kind.Marks | Kind.Accents | Kind.Number | Kind.Law | Kind.Box),
        (Kind.Lower, Kind.Stray | Kind.Upper | Kind.Money | Kind.Box),
        (Kind.Upper, Kind.Stray | Kind.Number | Kind.Law | Kind.Box),
        (Kind.OtherLower, Kind.Upper),
        (Kind.Money | Kind.Number, Kind.Stray | Kind.Accents | Kind.Opening | Kind.Box),
        (Kind.Closing, Kind.Stray | Kind.Accents | Kind.Money | Kind.Box),
        (Kind.Opening | Kind.Law, Kind.Stray | Kind.Box),
        (Kind.Box, Kind.Marks | Kind.Accents | Kind.Number | Kind.Law | Kind.Face),
    ];

    // What bytes of UTF-8 look like in one charset and what nobody writes in it, set by set of characters. The rows of
    // Windows-1252 are Latin, a sign of multiplication, Arabic and South Asian; then come MacRoman, Windows-1251, 1253, 1257.
    private static readonly string[][] Signs =
    [
        ["ÂÃÎÐ", "€œŠš¢£Ÿž\u00A0\u00AD°·–—´" + Openings + Closings],
        ["Ã", "\u00A0¡"],
        ["×", "²³"],
        ["ØÙ", BehindArabic, "ØÙ", BehindArabic],
        ["à", "²µ¹¼½¾"],
        ["√", "±∂†≠®™´≤≥¥µø"],
        ["≈", "°¢"],
        ["‚", "Ä", "ìîïòôúùû†°¢π"],
        ["‚", "âó", "àä°ê"],
        ["в", "Ђ"],
        ["ВГРС", "°µ" + Strays + Openings + Closings + Monies, "ВГРС"],
        ["β", "€", "™\u00A0Ά\u00AD®°"],
        ["ΒΓΞΟ", "°" + Strays + Openings + Closings + Monies, "ΒΓΞΟ"],
        ["ā", "€"],
        [Uppers, "°"],
    ];

    private static readonly FrozenDictionary<char, string[][]> SignsByFirst = Signs
        .SelectMany(sign => sign[0].Select(first => (first, sign)))
        .GroupBy(pair => pair.first, pair => pair.sign)
        .ToFrozenDictionary(signs => signs.Key, signs => signs.ToArray());

    /// <summary>Whether anything in the text is suspicious.</summary>
    public static bool FallsOn(string text)
    {
        for (var at = 0; at < text.Length; at++)
            if (text[at] >= '\x80' && (IsUnlikely(text, at) || HasSign(text, at) || MayHaveLostSpace(text, at))) return true;
        return false;
    }

    // By the kinds of a character and of those beside it.
    private static bool IsUnlikely(string text, int at)
    {
        var (kind, before, behind) = (KindAt(text, at), KindAt(text, at - 1), KindAt(text, at + 1));
        if (kind == Kind.Control) return true;
        foreach (var (one, unlikely) in Neighbours)
            if ((kind & one) != 0 && (behind & unlikely) != 0) return true;
        bool Between(Kind one, Kind middle, Kind other) => (before & one) != 0 && (kind & middle) != 0 && (behind & other) != 0;
        if (Between(Kind.Accents | Kind.Money | Kind.Box | Kind.Closing, Kind.Opening, Kind.Number)
            || Between(Kind.Accents | Kind.Money | Kind.Box | Kind.Number | Kind.Law, Kind.Closing, Kind.Opening))
            return true;
        if (at + 1 == text.Length) return false;
        // "œ" is French before a plain letter.
        if (text[at] is 'Œ' or 'œ') return !char.IsAsciiLetter(text[at + 1]);
        if (at == 0) return false;
        return ((kind & Kind.OtherCase) != 0 && char.IsAsciiLetter(text[at - 1]) && (behind & Kind.Stray) != 0)
            || ((kind & Kind.Upper) != 0 && IsSpace(text[at - 1]) && (behind & Kind.Money) != 0)
            || ((kind & Kind.Upper) != 0 && char.IsAsciiLetterLower(text[at - 1]) && (behind & (Kind.Money | Kind.Opening)) != 0)
            || ((kind & (Kind.Opening | Kind.Closing)) != 0 && (before & Kind.Accents) != 0 && IsWord(text, at + 1));
    }

    private static bool HasSign(string text, int at)
    {
        if (!SignsByFirst.TryGetValue(text[at], out var signs)) return false;
        foreach (var sign in signs)
            if (at + sign.Length <= text.Length && IsThere(sign, text, at)) return true;
        // Windows-1252 read as Latin-1, and that once more in Windows-1251, in English text.
        return string.CompareOrdinal(text, at, "ГўВЂВ", 0, 5) == 0 && at + 6 < text.Length && text[at + 5] != '\n'
            && (text[at + 6] == ' ' || char.IsAsciiLetter(text[at + 6]));
    }

    private static bool IsThere(string[] sign, string text, int at)
    {
        for (var place = 1; place < sign.Length; place++)
            if (!sign[place].Contains(text[at + place], StringComparison.Ordinal)) return false;
        return true;
    }

    // "Ã" and "Â" before a space that was a no-break space, at the start or behind a small letter: "voilÃ  le chat". Behind
    // punctuation "Â" stands for a no-break space itself.
    private static bool MayHaveLostSpace(string text, int at)
    {
        if (text[at] is not ('Ã' or 'Â') || at + 1 == text.Length) return false;
        var (before, behind) = (at > 0 ? text[at - 1] : '\0', text[at + 1]);
        if (behind == ' ' && (at == 0 || char.IsAsciiLetterLower(before)
            || (IsSpace(before) && at > 1 && char.IsAsciiLetterLower(text[at - 2])))) return true;
        return text[at] == 'Â' && at > 0
            && (char.IsAsciiLetterLower(before) || before is '.' or ',' or '?' or '!' || (KindAt(text, at - 1) & Kind.Closing) != 0)
            && (behind == ' ' || (KindAt(text, at + 1) & (Kind.Opening | Kind.Closing)) != 0);
    }

    private static Kind KindAt(string text, int at) => (uint)at < (uint)text.Length ? Kinds.GetValueOrDefault(text[at]) : Kind.None;

    private static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\x1C' and <= '\x1F';

    private static bool IsWord(string text, int at) => text[at] == '_'
        || (Rune.TryGetRuneAt(text, at, out var rune) && (Rune.IsLetter(rune) || Rune.IsNumber(rune)));

    private static string Range(char first, char last) =>
        string.Create(last - first + 1, first, static (characters, from) =>
        {
            for (var at = 0; at < characters.Length; at++) characters[at] = (char)(from + at);
        });
}
