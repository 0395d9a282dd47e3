using Ipo.Samples.Styles;
using Ipo.Samples.Things;
using Ipo.Samples.World;

namespace Ipo.Samples.Datasets;

/// <summary>What a drawn dataset holds.</summary>
/// <param name="Styles">Names of styles; with several, the pictures of a class alternate between them.</param>
/// <param name="Categories">Names of categories. Two that share a name, as bird and machine share "crane", cannot be in
/// one dataset.</param>
public sealed record DatasetRequest(IReadOnlyList<string> Styles, IReadOnlyList<string> Categories)
{
    /// <summary>The dataset of a first start: sixteen animals as neon signs, 960 pictures. Six of the names also mean
    /// a vehicle, a machine, sports gear or a part of the body.
    /// </summary>
    public static DatasetRequest FirstStart { get; } = new(["neon"], ["animal"]) { CountPerClass = 60, Seed = 1, Size = 64 };

    /// <summary>Only these classes; null takes all of the categories.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Pictures per class, 1 to 9,999.</summary>
    public int CountPerClass { get; init; } = 60;

    /// <summary>The same request with the same seed gives the same pixels; another seed, other pictures.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Side of a picture in pixels, 32 to 512.</summary>
    public int Size { get; init; } = 96;

    /// <summary>The template that says what the pictures are: the style, where there is one, and the category, where
    /// there is one and a name in it has other meanings. For instance "a chalk drawing of a &lt;CLASS&gt;, a type of
    /// bird."
    /// </summary>
    /// <exception cref="ArgumentException">The request asks for what cannot be drawn.</exception>
    public string TrueTemplate
    {
        get
        {
            var (things, styles) = (FindThings(), FindStyles());
            var phrase = styles.Count == 1 ? styles[0].Phrase : "a picture of a";
            var ambiguous = things.Any(thing => Thing.All.Any(other => other.Name == thing.Name && other.Category != thing.Category));
            return phrase + " <CLASS>" + (Categories.Count == 1 && ambiguous ? SampleWorld.CategoryOf(things[0]).Suffix : "") + ".";
        }
    }

    /// <summary>The styles that the request names.</summary>
    /// <exception cref="ArgumentException">None is named, or one is unknown.</exception>
    internal IReadOnlyList<Style> FindStyles() => Styles.Count > 0
        ? [.. Styles.Distinct(StringComparer.Ordinal).Select(FindStyle)]
        : throw new ArgumentException("No style is given; 'list' shows them.");

    internal static Style FindStyle(string name) => Style.All.FirstOrDefault(style => style.Name == name)
        ?? throw new ArgumentException($"Unknown style '{name}'. Styles: {string.Join(", ", Style.All.Select(style => style.Name))}.");

    /// <summary>The things that the request names.</summary>
    /// <exception cref="ArgumentException">A name is unknown or means two things.</exception>
    internal IReadOnlyList<Thing> FindThings()
    {
        if (Categories.Count == 0) throw new ArgumentException("No category is given; 'list' shows them.");
        foreach (var category in Categories)
            if (SampleWorld.Categories.All(known => known.Name != category))
                throw new ArgumentException(
                    $"Unknown category '{category}'. Categories: {string.Join(", ", SampleWorld.Categories.Select(known => known.Name))}.");
        var things = Chosen([.. Thing.All.Where(thing => Categories.Contains(thing.Category))]);
        if (things.GroupBy(thing => thing.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException(
                $"'{twice.Key}' is in {string.Join(" and in ", twice.Select(thing => thing.Category))}: " +
                "use one of these categories, or list classes without it.");
        return things;
    }

    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    internal void CheckNumbers()
    {
        if (CountPerClass is < 1 or > 9999) throw new ArgumentException($"The count per class must be 1 to 9999, but is {CountPerClass}.");
        if (Size is < 32 or > 512) throw new ArgumentException($"The size must be 32 to 512 pixels, but is {Size}.");
    }

    private List<Thing> Chosen(List<Thing> things)
    {
        if (Classes is null) return things;
        foreach (var name in Classes)
            if (things.All(thing => thing.Name != name))
                throw new ArgumentException(
                    $"There is no '{name}' in {string.Join(" or ", Categories)}. " +
                    $"Classes: {string.Join(", ", things.Select(thing => thing.Name))}.");
        return [.. things.Where(thing => Classes.Contains(thing.Name))];
    }
}
