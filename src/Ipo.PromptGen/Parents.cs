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

/// <summary>The memory as parents, and what every embedded proposer makes of it: children that are new and name no
/// class. The proposers differ only in how a child comes about, so that one is a control of the other.</summary>
internal sealed class Parents
{
    // Three rounds: from a memory of twenty the best is drawn at 14 %, the better half at 88 %.
    private const int TournamentSize = 3;

    private const int LongestTemplate = 160; // characters

    private readonly Random random;
    private readonly IReadOnlyList<Parent> parents;
    private readonly HashSet<string> known;

    /// <param name="random">The chance of the whole answer.</param>
    /// <param name="memory">Scored templates; without any, the plain one stands for them.</param>
    public Parents(Random random, IReadOnlyList<Parent> memory)
    {
        this.random = random;
        parents = memory.Count > 0 ? memory : [new Parent("a photo of a <CLASS>.", 0, 0)];
        known = new HashSet<string>(memory.Select(item => Identity(item.Text)), StringComparer.Ordinal);
    }

    /// <summary>The chance of one request. Random takes 32 bits; its seeded sequence is the same on every version and
    /// machine.</summary>
    public static Random Chance(long seed) => new((int)(seed ^ (seed >> 32)));

    /// <summary>A parent that won a tournament by accuracy, then loss.</summary>
    public Parent Draw()
    {
        var best = parents[random.Next(parents.Count)];
        for (var round = 1; round < TournamentSize; round++)
        {
            var rival = parents[random.Next(parents.Count)];
            if (rival.Beats(best)) best = rival;
        }
        return best;
    }

    /// <summary>Up to <paramref name="count"/> children, different from each other and from the memory.</summary>
    public IReadOnlyList<string> Children(int count, ClassNames forbidden, Func<string> breed)
    {
        var children = new List<string>(count);
        // Many tries fail late in a search, when most neighbours are known; few requests come near the limit.
        for (var attempt = 0; attempt < 100 * count && children.Count < count; attempt++)
        {
            var child = breed();
            if (child.Length <= LongestTemplate && !NamesAClass(child, forbidden) && known.Add(Identity(child))) children.Add(child);
        }
        return children;
    }

    private static bool NamesAClass(string template, ClassNames forbidden) =>
        forbidden.StandIn(template.Replace(TemplateShape.ClassToken, ".", StringComparison.Ordinal));

    // CLIP's tokenizer folds case and blanks: what differs only there scores alike.
    private static string Identity(string template) =>
        string.Join(' ', template.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
