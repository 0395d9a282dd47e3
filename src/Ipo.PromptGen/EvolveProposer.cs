using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>The embedded proposer: seeded rules in place of a language model. It answers in a language model's form, so
/// that its candidates go through the same parser.</summary>
internal sealed class EvolveProposer : IProposer
{
    public const string Name = "evolve";

    /// <summary>Version of the rules, of <see cref="VisualVocabulary"/> and of <see cref="CommonNouns"/>: the same
    /// request gets the same answer while it stands.</summary>
    public const string Version = "evolve-4";

    public Proposer About { get; } = new() { Name = Name, Model = Version, Paid = false, Embedded = true, SeesImages = true };

    public Task<ProposeTemplatesResponse> ProposeAsync(ProposeTemplatesRequest request, CancellationToken cancellation) =>
        Task.FromResult(Answer(request));

    /// <summary>The answer to a request; it takes milliseconds.</summary>
    internal static ProposeTemplatesResponse Answer(ProposeTemplatesRequest request) => EmbeddedAnswer.To(request, Name, Version, Propose);

    private static IReadOnlyList<string> Propose(ProposeTemplatesRequest request, IReadOnlyList<Parent> memory, ClassNames forbidden)
    {
        var phrases = new DescriptionPhrases(request.Descriptions, forbidden);
        return new TemplateEvolution(request.Seed, memory, phrases, new GoodSense(phrases, request.ClassNames), forbidden)
            .Propose(request.CandidateCount);
    }
}
