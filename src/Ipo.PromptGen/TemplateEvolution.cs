using Ipo.Providers;

namespace Ipo.PromptGen;

/// <summary>A scored template to vary.</summary>
/// <param name="Text">The template.</param>
/// <param name="Accuracy">In 0..1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
internal sealed record Parent(string Text, double Accuracy, double Loss)
{
    public TemplateShape Shape { get; } = TemplateShape.Of(Text);

    public bool Beats(Parent other) => Accuracy != other.Accuracy ? Accuracy > other.Accuracy : Loss < other.Loss;
}

/// <summary>Breeds new templates from scored ones: parents win tournaments by accuracy, then loss; children change in one or two
/// facets, or join two parents. Words come from the vocabulary and from the descriptions, those more often that describe the
/// images. A function of its arguments alone.</summary>
internal sealed class TemplateEvolution
{
    // Three rounds: from a memory of twenty the best is drawn at 14 %, the better half at 88 %.
    private const int TournamentSize = 3;

    // A child that changes in two facets at once leaves plateaus that single changes do not; most stay single, so that the memory
    // shows which change paid.
    private const double SecondChange = 0.3;

    // Now and then from the plain template: a good facet of a late step is tried without the ballast of the early ones.
    private const double FreshStart = 0.1;

    private const int LongestTemplate = 160;

    private readonly Random random;
    private readonly IReadOnlyList<Parent> parents;
    private readonly TemplateChanges changes;
    private readonly ClassNames forbidden;
    private readonly HashSet<string> known;

    public TemplateEvolution(long seed, IReadOnlyList<Parent> memory, DescriptionPhrases phrases, ClassNames forbidden)
    {
        // Random takes 32 bits; its seeded sequence is the same on every version and machine.
        random = new Random((int)(seed ^ (seed >> 32)));
        parents = memory.Count > 0 ? memory : [new Parent("a photo of a <CLASS>.", 0, 0)];
        changes = new TemplateChanges(random, phrases, forbidden);
        this.forbidden = forbidden;
        known = new HashSet<string>(memory.Select(item => Identity(item.Text)), StringComparer.Ordinal);
    }

    /// <summary>Up to <paramref name="count"/> templates, different from each other and from the memory.</summary>
    public IReadOnlyList<string> Propose(int count)
    {
        var proposed = new List<string>(count);
        // Many tries fail late in a search, when most neighbours are known; few requests come near the limit.
        for (var attempt = 0; attempt < 100 * count && proposed.Count < count; attempt++)
        {
            var child = Breed().ToString();
            if (child.Length <= LongestTemplate && !NamesAClass(child) && known.Add(Identity(child))) proposed.Add(child);
        }
        return proposed;
    }

    private TemplateShape Breed()
    {
        var shape = random.NextDouble() < FreshStart ? new TemplateShape { Medium = "photo" } : Select().Shape;
        var child = changes.Apply(shape, () => Select().Shape);
        return random.NextDouble() < SecondChange ? changes.Apply(child, () => Select().Shape) : child;
    }

    private Parent Select()
    {
        var best = parents[random.Next(parents.Count)];
        for (var round = 1; round < TournamentSize; round++)
        {
            var rival = parents[random.Next(parents.Count)];
            if (rival.Beats(best)) best = rival;
        }
        return best;
    }

    private bool NamesAClass(string template) => forbidden.StandIn(template.Replace(TemplateShape.ClassToken, ".", StringComparison.Ordinal));

    // CLIP's tokenizer folds case and blanks: what differs only there scores alike.
    private static string Identity(string template) =>
        string.Join(' ', template.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
