using Ipo.Samples.Styles;
using Ipo.Samples.Things;

namespace Ipo.Samples;

/// <summary>What a drawn dataset holds.</summary>
/// <param name="Styles">Names of styles; with several, the pictures of a class take turns.</param>
/// <param name="Categories">Names of categories. Two that share a name, as bird and machine share "crane", cannot stand in one dataset.</param>
public sealed record DatasetRequest(IReadOnlyList<string> Styles, IReadOnlyList<string> Categories)
{
    /// <summary>Only these classes; null takes all of the categories.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Pictures of each class, 1 to 9,999.</summary>
    public int CountPerClass { get; init; } = 60;

    /// <summary>The same request with the same seed gives the same pixels; another seed, other pictures.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Side of a picture in pixels, 32 to 512.</summary>
    public int Size { get; init; } = 96;

    /// <summary>
    /// The template that says what the pictures are: the style, where there is one, and the category, where there is one and a name
    /// in it has other meanings. For instance "a chalk drawing of a &lt;CLASS&gt;, a type of bird."
    /// </summary>
    /// <exception cref="ArgumentException">The request asks for what cannot be drawn.</exception>
    public string TrueTemplate
    {
        get
        {
            var (things, styles) = Resolve();
            var phrase = styles.Count == 1 ? styles[0].Phrase : "a picture of a";
            var ambiguous = things.Any(t => Thing.All.Any(o => o.Name == t.Name && o.Category != t.Category));
            return phrase + " <CLASS>" + (Categories.Count == 1 && ambiguous ? SampleWorld.CategoryOf(things[0]).Suffix : "") + ".";
        }
    }

    /// <summary>The things and styles that the request names.</summary>
    /// <exception cref="ArgumentException">A name is unknown or means two things, or a number is out of its range.</exception>
    internal (IReadOnlyList<Thing> Things, IReadOnlyList<Style> Styles) Resolve()
    {
        if (CountPerClass is < 1 or > 9999) throw new ArgumentException($"The count per class is {CountPerClass}; it must be 1 to 9999.");
        if (Size is < 32 or > 512) throw new ArgumentException($"The size is {Size} pixels; it must be 32 to 512.");
        if (Styles.Count == 0) throw new ArgumentException("No style is named; 'list' shows them.");
        if (Categories.Count == 0) throw new ArgumentException("No category is named; 'list' shows them.");
        var styles = Styles.Distinct(StringComparer.Ordinal).Select(FindStyle).ToList();
        foreach (var category in Categories)
            if (SampleWorld.Categories.All(c => c.Name != category))
                throw new ArgumentException($"There is no category '{category}'. There are: {string.Join(", ", SampleWorld.Categories.Select(c => c.Name))}.");
        var things = Thing.All.Where(t => Categories.Contains(t.Category)).ToList();
        if (Classes is not null)
        {
            foreach (var name in Classes)
                if (things.All(t => t.Name != name))
                    throw new ArgumentException($"There is no '{name}' in {string.Join(" or ", Categories)}. There are: {string.Join(", ", things.Select(t => t.Name))}.");
            things = [.. things.Where(t => Classes.Contains(t.Name))];
        }
        if (things.GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"'{twice.Key}' is in {string.Join(" and in ", twice.Select(t => t.Category))}: take one of these categories, or name the classes without it.");
        return (things, styles);
    }

    internal static Style FindStyle(string name) => Style.All.FirstOrDefault(s => s.Name == name)
        ?? throw new ArgumentException($"There is no style '{name}'. There are: {string.Join(", ", Style.All.Select(s => s.Name))}.");
}
