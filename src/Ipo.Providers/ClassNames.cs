using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Ipo.Providers;

/// <summary>Finds class names in text that models wrote. The published descriptions and prompts leak them ("Audi TT",
/// "Basset Hound", paper.md, section 1), and a template or description that names a class favours it.</summary>
/// <remarks>Letter case, accents, plurals and the way a compound is written do not matter: "sea horse" is found in
/// "Sea-horses" and "seahorse". Only whole words count: "cat" is not found in "category".</remarks>
public sealed partial class ClassNames
{
    /// <summary>What stands in place of a name.</summary>
    public const string Neutral = "object";

    // Words that name no class even where a class is called by them among others ("car side", "black-eyed susan").
    private static readonly HashSet<string> Plain = new(
        ("a an and at by for from in of on or the to with without "
        + "side front back top bottom left right upper lower inside outside view "
        + "black white grey gray red green blue yellow orange purple pink brown golden silver dark light "
        + "big small large little long short tall round old new").Split(' '), StringComparer.Ordinal);

    // English words that sentences are held together by: as a class's whole name ("A" among letters, "on" and "off") they
    // stand everywhere and name nothing. The same list as Ipo.Optimization's, which services do not know.
    private static readonly HashSet<string> FunctionWords = new(
        ("a an the and but or nor so if than as because while although "
        + "i me my we us our you your he him his she her it its they them their this that these those who whom whose which what "
        + "about above across after against along among around at before behind below beneath beside between beyond by down during "
        + "for from in into near of off on onto out over since through to toward towards under until up upon with within without "
        + "am is are was were be been being do does did have has had could should would "
        + "no not all any both each every some such only same own other another more most very too just then there here where when how")
            .Split(' '), StringComparer.Ordinal);

    private static readonly SearchValues<char> Joints = SearchValues.Create(" -_/'’");

    private static readonly SearchValues<char> Ties = SearchValues.Create("-'’.");

    private const string Accented = "àáâãäåāăąçćčďèéêëēęěìíîïīñńňòóôõöøōřśšťùúûüūůýÿžźż";
    private const string Bare = "aaaaaaaaacccdeeeeeeeiiiiinnnooooooorsstuuuuuuyyzzz";

    // Name, joined and folded, to the number of words it has.
    private readonly Dictionary<string, int> names = new(StringComparer.Ordinal);
    private readonly int longest;

    private ClassNames(IEnumerable<IReadOnlyList<string>> wordings)
    {
        foreach (var words in wordings)
        {
            foreach (var form in PluralForms.Of(words[^1]))
                names.TryAdd(string.Concat(words.SkipLast(1)) + form, words.Count);
            longest = Math.Max(longest, words.Count);
        }
    }

    /// <summary>The names as they stand.</summary>
    public static ClassNames Whole(IEnumerable<string> names) => new(names.Select(Words).Where(words => words.Length > 0));

    /// <summary>The names and what is left of them when a model names a class in part: runs of two or more of their
    /// words, and of the first name, which is the image's own class, every word that means something.</summary>
    public static ClassNames WithParts(IReadOnlyList<string> names) =>
        new(names.Select(Words).Where(words => words.Length > 0).SelectMany((words, index) => Parts(words, shortest: index == 0 ? 1 : 2)));

    /// <summary>Whether any of the names stands in a text.</summary>
    public bool StandIn(string text) => Find(text).Any();

    /// <inheritdoc cref="Scrub(string, out int)"/>
    public string Scrub(string text) => Scrub(text, out _);

    /// <summary>The text with every name replaced by <see cref="Neutral"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="replaced">How often a name stood in it.</param>
    public string Scrub(string text, out int replaced)
    {
        var scrubbed = new StringBuilder();
        var from = 0;
        replaced = 0;
        foreach (var (start, end, plural) in Find(text))
        {
            scrubbed.Append(text, from, start - from);
            var before = text.AsSpan(0, start).TrimEnd();
            var opensSentence = char.IsUpper(text[start]) && (before.IsEmpty || before[^1] is '.' or '!' or '?');
            scrubbed.Append(opensSentence ? "Object" : Neutral).Append(plural ? "s" : "");
            from = end;
            replaced++;
        }
        if (from == 0) return text;
        var whole = scrubbed.Append(text, from, text.Length - from).ToString();
        return Article().Replace(Repetition().Replace(whole, "$1"), "$1n ");
    }

    private IEnumerable<(int Start, int End, bool Plural)> Find(string text)
    {
        var words = Word().Matches(text).Select(match => (match.Index, End: match.Index + match.Length, Text: Fold(match.Value))).ToArray();
        for (var at = 0; at < words.Length; at++)
        {
            // The longest first, and one word more than any name has: "cell phone" for "cellphone".
            for (var count = Math.Min(longest + 1, words.Length - at); count > 0; count--)
            {
                var run = words.AsSpan(at, count);
                if (!Joined(text, run) || !IsName(run, out var plural) || IsPartOfSentence(words.Length, run)
                    || IsPartOfWord(text, run)) continue;
                yield return (run[0].Index, run[^1].End, plural);
                at += count - 1;
                break;
            }
        }
    }

    private bool IsName(ReadOnlySpan<(int, int, string Text)> run, out bool plural)
    {
        var lead = "";
        var allLong = run[^1].Text.Length >= 3;
        foreach (var (_, _, word) in run[..^1])
        {
            lead += word;
            allLong &= word.Length >= 3;
        }
        plural = false;
        foreach (var form in PluralForms.Of(run[^1].Text))
        {
            // Written apart or together otherwise than the name is, it counts only where no small word is involved: "a
            // corn" is no acorn.
            if (names.TryGetValue(lead + form, out var count) && (count == run.Length || allLong))
            {
                plural = form != run[^1].Text;
                return true;
            }
        }
        return false;
    }

    // A text that is nothing but such a word is the name, for instance in a vocabulary.
    private static bool IsPartOfSentence(int words, ReadOnlySpan<(int Index, int End, string Text)> run) =>
        words > 1 && run.Length == 1 && FunctionWords.Contains(run[0].Text);

    // A class that is one letter is named by that letter alone: "X" not in "X-ray", "S" not in "it's".
    private static bool IsPartOfWord(string text, ReadOnlySpan<(int Index, int End, string Text)> run) =>
        run is [(var start, var end, { Length: 1 })]
        && ((start > 1 && Ties.Contains(text[start - 1]) && char.IsLetter(text[start - 2]))
            || (end + 1 < text.Length && Ties.Contains(text[end]) && char.IsLetter(text[end + 1])));

    private static bool Joined(string text, ReadOnlySpan<(int Index, int End, string)> run)
    {
        for (var at = 1; at < run.Length; at++)
            if (text.AsSpan(run[at - 1].End, run[at].Index - run[at - 1].End).ContainsAnyExcept(Joints)) return false;
        return true;
    }

    private static IEnumerable<string[]> Parts(string[] words, int shortest)
    {
        yield return words;
        for (var length = words.Length - 1; length >= shortest; length--)
        {
            for (var at = 0; at + length <= words.Length; at++)
            {
                var part = words[at..(at + length)];
                if (length > 1 ? !Plain.Contains(part[0]) && !Plain.Contains(part[^1]) : part[0].Length >= 3 && !Plain.Contains(part[0]))
                    yield return part;
            }
        }
    }

    /// <summary>The words of a name, in lower case and without accents.</summary>
    public static IReadOnlyList<string> WordsOf(string name) => Words(name);

    private static string[] Words(string name) => [.. Word().Matches(name).Select(match => Fold(match.Value))];

    // By a table, because string.Normalize does nothing where globalization is invariant.
    private static string Fold(string word) => string.Create(word.Length, word, static (folded, word) =>
    {
        word.AsSpan().ToLowerInvariant(folded);
        for (var at = 0; at < folded.Length; at++)
            if (Accented.IndexOf(folded[at], StringComparison.Ordinal) is >= 0 and var place) folded[at] = Bare[place];
    });

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b([Oo]bjects?)(?:[ -]objects?)+\b")]
    private static partial Regex Repetition();

    [GeneratedRegex(@"\b([Aa]) (?=object\b)")]
    private static partial Regex Article();
}
