using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>A control, not a method: it puts random neutral words into the templates of the memory. What another
/// proposer gains beyond it, it gains by its words; what both gain, the search gains by scoring much and keeping the
/// best. WaffleCLIP (Roth et al.
/// 2023) found random words nearly as good as language models' descriptions.</summary>
internal sealed class RandomWordsProposer : IProposer
{
    public const string Name = "random-words";

    /// <summary>Version of the rule and of <see cref="NeutralWords"/>.</summary>
    public const string Version = "random-words-1";

    // A template of ours has twelve words or so besides the class; more of random ones would only make it long.
    private const int MostWords = 6;

    private const int MostAtOnce = 3;

    private static readonly HashSet<string> Ours = new(NeutralWords.All, StringComparer.OrdinalIgnoreCase);

    public Proposer About { get; } = new() { Name = Name, Model = Version, Paid = false, Embedded = true, SeesImages = false };

    public Task<ProposeTemplatesResponse> ProposeAsync(ProposeTemplatesRequest request, CancellationToken cancellation) =>
        Task.FromResult(Answer(request));

    /// <summary>The answer to a request.</summary>
    internal static ProposeTemplatesResponse Answer(ProposeTemplatesRequest request) => EmbeddedAnswer.To(request, Name, Version, Propose);

    private static IReadOnlyList<string> Propose(ProposeTemplatesRequest request, IReadOnlyList<Parent> memory, ClassNames forbidden)
    {
        var random = Parents.Chance(request.Seed);
        string[] words = [.. NeutralWords.All.Where(word => !forbidden.StandIn(word))];
        if (words.Length == 0) return [];
        var parents = new Parents(random, memory);
        return parents.Children(request.CandidateCount, forbidden, () => Insert(parents.Draw().Text, words, random));
    }

    // Between words of the template. Where many random words stand already, others take their place.
    private static string Insert(string template, string[] words, Random random)
    {
        var parts = template.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (parts.Count(Ours.Contains) > MostWords - MostAtOnce) parts.RemoveAll(Ours.Contains);
        for (var count = 1 + random.Next(MostAtOnce); count > 0; count--)
            parts.Insert(random.Next(parts.Count), words[random.Next(words.Length)]);
        return string.Join(' ', parts);
    }
}
