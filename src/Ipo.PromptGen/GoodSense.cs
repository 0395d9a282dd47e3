using System.Collections.Immutable;
using Ipo.Providers;

namespace Ipo.PromptGen;

/// <summary>What goes together in one sentence about a dataset's pictures: a category that the classes or the
/// descriptions support, one setting of each kind, no contradiction, and no drawing where all are photographs.</summary>
internal sealed class GoodSense
{
    // Of the classes that the dictionary knows, so many have to be of a category; a class may have a rare sense.
    private const double MostClasses = 2.0 / 3;

    // Where it knows fewer of them, descriptions alone say what they are.
    private const double KnownClasses = 0.5;

    // An embedded captioner's guesses at a category it cannot tell reach an eighth or so.
    private const double MostDescriptions = 0.2;

    // No photograph looks so by itself.
    private static readonly string[] Processed = ["negative", "inverted", "posterized"];

    // Kinds whose names go without an article: "a photo of rain".
    private static readonly string[] Uncountable =
        ["material", "texture", "action", "sport", "weather", "natural phenomenon", "landscape", "land use", "food", "dish", "drink",
            "person"];

    private readonly DescriptionPhrases phrases;
    private readonly IReadOnlyList<IReadOnlyCollection<string>> known;
    private readonly bool classesDecide;

    /// <param name="phrases">What the descriptions speak of.</param>
    /// <param name="classNames">Names of the classes.</param>
    public GoodSense(DescriptionPhrases phrases, IReadOnlyList<string> classNames)
    {
        this.phrases = phrases;
        known = [.. classNames.Select(CommonNouns.SensesOf).Where(senses => senses.Count > 0)];
        classesDecide = known.Count > 0 && known.Count >= KnownClasses * classNames.Count;
        Categories =
        [
            .. VisualVocabulary.Categories.Concat(phrases.Categories.Select(offered => offered.Phrase)).Distinct(StringComparer.Ordinal)
                .Where(Supports),
        ];
        Media = phrases.ShowPhotographs ? VisualVocabulary.Photographs : VisualVocabulary.Media;
        Qualities = [.. VisualVocabulary.Qualities.Concat(VisualVocabulary.Colours).Where(Suits)];
        Countable = classesDecide && !Categories.Any(Uncountable.Contains);
    }

    /// <summary>What the classes may be called a type of.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>What the pictures may be.</summary>
    public IReadOnlyList<string> Media { get; }

    /// <summary>How the pictures may look.</summary>
    public IReadOnlyList<string> Qualities { get; }

    /// <summary>Whether the classes' names need an article: they are common nouns for things that one can count.</summary>
    public bool Countable { get; }

    /// <summary>Whether the classes or the descriptions say that the classes are of a category.</summary>
    public bool Supports(string category) =>
        classesDecide && CommonNouns.Categories.Contains(category)
            ? known.Count(senses => senses.Contains(category)) >= MostClasses * known.Count
            : phrases.Categories.Any(offered => offered.Phrase == category && offered.Share >= MostDescriptions);

    /// <summary>The shape without what does not go together in it.</summary>
    /// <param name="shape">A shape.</param>
    /// <param name="newest">A phrase of it that stays, whatever else has to go; null for none.</param>
    public TemplateShape Mend(TemplateShape shape, string? newest = null)
    {
        if (!Media.Contains(shape.Medium) && VisualVocabulary.Media.Contains(shape.Medium)) shape = shape with { Medium = "photo" };
        if (Countable && shape.Medium.Length > 0 && shape.Article.Length == 0) shape = shape with { Article = "a" };
        if (!Supports(shape.Category)) shape = shape with { Category = "" };
        shape = shape with { Qualities = Mend(shape.Qualities, shape.Medium, newest) };
        return shape with { Tails = Mend(shape.Tails, [.. shape.Qualities, shape.Medium], newest) };
    }

    private bool Suits(string quality) => !(phrases.ShowPhotographs && Processed.Contains(quality));

    // Words before the medium: none that says of the picture what another one, or the medium, says already.
    private ImmutableArray<string> Mend(ImmutableArray<string> qualities, string medium, string? newest)
    {
        var kept = new List<string>();
        foreach (var quality in qualities.OrderByDescending(quality => quality == newest)) // a stable sort
            if (!PhraseAspects.Overlap(quality, medium) && !kept.Exists(other => PhraseAspects.Overlap(quality, other))
                && Suits(quality))
                kept.Add(quality);
        return [.. qualities.Where(kept.Contains).Distinct()];
    }

    private static ImmutableArray<string> Mend(ImmutableArray<string> tails, IReadOnlyList<string> opening, string? newest)
    {
        var kept = new List<Setting>();
        foreach (var setting in tails.Select(Setting.Of).OrderByDescending(setting => setting.Phrase == newest))
            if (!opening.Any(word => PhraseAspects.Contradict(word, setting.Phrase) || PhraseAspects.Repeat(word, setting.Phrase))
                && !kept.Exists(other => (other.Kind == setting.Kind && setting.Kind != SettingKind.Surroundings)
                    || PhraseAspects.Contradict(other.Phrase, setting.Phrase)))
                kept.Add(setting);
        return [.. tails.Where(tail => kept.Exists(setting => setting.Tail == tail))];
    }
}

/// <summary>A phrase behind the class, and what kind of setting it gives.</summary>
/// <param name="Tail">As it stands in a shape, with its own beginning.</param>
/// <param name="Phrase">The phrase alone.</param>
/// <param name="Kind">Its kind.</param>
internal sealed record Setting(string Tail, string Phrase, SettingKind Kind)
{
    public static Setting Of(string tail)
    {
        var phrase = tail.TrimStart(',', ' ');
        return new(tail, phrase, KindOf(phrase));
    }

    private static SettingKind KindOf(string phrase)
    {
        bool In(IReadOnlyList<string> facet) => facet.Contains(phrase, StringComparer.OrdinalIgnoreCase);
        bool Says(string word) => $" {phrase} ".Contains($" {word} ", StringComparison.OrdinalIgnoreCase);
        return In(VisualVocabulary.Positions) ? SettingKind.Position
            : In(VisualVocabulary.Viewpoints) || phrase.StartsWith("seen ", StringComparison.OrdinalIgnoreCase) ? SettingKind.Viewpoint
            : In(VisualVocabulary.Lightings) || Says("light") ? SettingKind.Lighting
            : In(VisualVocabulary.Backgrounds) || Says("background") ? SettingKind.Background
            : SettingKind.Surroundings;
    }
}

/// <summary>Kinds of settings; a sentence has one of each at most, of other surroundings any number.</summary>
internal enum SettingKind { Background, Lighting, Viewpoint, Position, Surroundings }
