using System.Text;
using System.Text.RegularExpressions;
using Ipo.Providers;

namespace Ipo.PromptGen;

/// <summary>What the image descriptions speak of: how many of them use a phrase, and which phrases of their own they
/// offer. Descriptions are text from outside, so only plain lower-case words of theirs ever get into a
/// template.</summary>
internal sealed partial class DescriptionPhrases
{
    // A phrase of fewer descriptions than this tells of one image, not of the dataset.
    private const double WorthOffering = 0.05;

    private const int MostOffered = 40;

    // Of descriptions that name a medium, so many have to name the same one before it is believed: of Caltech-101's
    // photographs the embedded captioner takes up to 16 % for one other medium, of drawn pictures more than half.
    private const double WorthBelieving = 0.25;

    private static readonly Regex Medium = new(
        $" ({string.Join('|', VisualVocabulary.Media.OrderByDescending(medium => medium.Length).Select(Regex.Escape))})(?= )",
        RegexOptions.CultureInvariant);

    private static readonly HashSet<string> Empty = new(
        "a an and are as at be but by for from has have in is it its of on or that the their there they this to was which with".Split(' '),
            StringComparer.Ordinal);

    private readonly IReadOnlyList<string> folded;

    public DescriptionPhrases(IEnumerable<string> descriptions, ClassNames forbidden)
    {
        folded = [.. descriptions.Select(Fold)];
        ShowPhotographs = SayPhotograph();
        Categories = Offered(CategoryPhrase(), forbidden, shortest: 0);
        Surroundings = Offered(SurroundingPhrase(), forbidden, shortest: 2);
    }

    /// <summary>Whether the pictures are photographs and nothing else, as far as the descriptions say: some name a
    /// medium, and none but a photograph is named by many.</summary>
    public bool ShowPhotographs { get; }

    /// <summary>What they call the things a type or kind of ("bird"), by how many say so, most first.</summary>
    public IReadOnlyList<(string Phrase, double Share)> Categories { get; }

    /// <summary>What they see around and on the things ("with long legs", "against a brick wall"), by how many say so,
    /// most first.</summary>
    public IReadOnlyList<(string Phrase, double Share)> Surroundings { get; }

    /// <summary>The share of descriptions, in 0..1, that use a phrase as whole words.</summary>
    public double Share(string phrase)
    {
        if (folded.Count == 0) return 0;
        var sought = Fold(phrase).Replace(".", "", StringComparison.Ordinal);
        return folded.Count(text => text.Contains(sought, StringComparison.Ordinal)) / (double)folded.Count;
    }

    private bool SayPhotograph()
    {
        var named = folded.Select(text => Medium.Match(text)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToList();
        return named.Count > 0 && named.Except(VisualVocabulary.Photographs)
            .All(other => named.Count(medium => medium == other) < WorthBelieving * named.Count);
    }

    private IReadOnlyList<(string, double)> Offered(Regex pattern, ClassNames forbidden, int shortest)
    {
        var inHowMany = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in folded)
            foreach (var phrase in pattern.Matches(text).Select(match => Trim(match.Groups[1].Value))
                .Where(phrase => phrase.Count(letter => letter == ' ') + 1 >= shortest).Distinct())
                inHowMany[phrase] = inHowMany.GetValueOrDefault(phrase) + 1;
        return [.. inHowMany
            .Where(entry => entry.Key.Length is > 2 and <= 40 && entry.Value >= WorthOffering * folded.Count)
            .Where(entry => !entry.Key.Split(' ').Contains(ClassNames.Neutral) && !forbidden.StandIn(entry.Key))
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(MostOffered)
            .Select(entry => (entry.Key, entry.Value / (double)folded.Count))];
    }

    // A phrase does not end in the middle ("with a", "on the top of").
    private static string Trim(string phrase)
    {
        var words = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        while (words.Count > 0 && Empty.Contains(words[^1])) words.RemoveAt(words.Count - 1);
        return string.Join(' ', words);
    }

    // Lower-case words with a blank before, between and behind, and a full stop where any punctuation stood.
    private static string Fold(string text)
    {
        var folded = new StringBuilder(" ", text.Length + 2);
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter == '-') folded.Append(char.ToLowerInvariant(letter));
            else if (!char.IsWhiteSpace(letter) && letter != '\'') folded.Append(" . ");
            else if (folded[^1] != ' ') folded.Append(' ');
        }
        if (folded[^1] != ' ') folded.Append(' ');
        return Blanks().Replace(folded.ToString(), " ");
    }

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();

    [GeneratedRegex("(?: type| kind| sort) of(?: a| an)? ([a-z-]+(?: [a-z-]+)?)(?= [.]| $)")]
    private static partial Regex CategoryPhrase();

    [GeneratedRegex("(?<= )((?:with|on|in|against|under|near|beside|behind|among|surrounded by)(?: [a-z-]+){1,4})(?= )")]
    private static partial Regex SurroundingPhrase();
}
