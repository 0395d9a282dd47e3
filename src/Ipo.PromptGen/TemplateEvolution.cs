using Ipo.Providers;

namespace Ipo.PromptGen;

/// <summary>Breeds new templates from scored ones: parents win tournaments by accuracy, then loss; children change in
/// one or two facets, or join two parents. Words come from the vocabulary and from the descriptions, those more often
/// that describe the images. A function of its arguments alone.</summary>
internal sealed class TemplateEvolution
{
    // A child that changes in two facets at once leaves plateaus that single changes do not; most stay single, so that
    // the memory shows which change paid.
    private const double SecondChange = 0.3;

    // Now and then from the plain template: a good facet of a late step is tried without the ballast of the early ones.
    private const double FreshStart = 0.1;

    private readonly Random random;
    private readonly Parents parents;
    private readonly TemplateChanges changes;
    private readonly ClassNames forbidden;

    public TemplateEvolution(
        long seed, IReadOnlyList<Parent> memory, DescriptionPhrases phrases, GoodSense sense, ClassNames forbidden)
    {
        random = Parents.Chance(seed);
        parents = new Parents(random, memory);
        changes = new TemplateChanges(random, phrases, sense, forbidden);
        this.forbidden = forbidden;
    }

    /// <summary>Up to <paramref name="count"/> templates, different from each other and from the memory.</summary>
    public IReadOnlyList<string> Propose(int count) => parents.Children(count, forbidden, () => Breed().ToString());

    private TemplateShape Breed()
    {
        var shape = random.NextDouble() < FreshStart ? new TemplateShape { Medium = "photo" } : parents.Draw().Shape;
        var child = changes.Apply(shape, () => parents.Draw().Shape);
        return random.NextDouble() < SecondChange ? changes.Apply(child, () => parents.Draw().Shape) : child;
    }
}
