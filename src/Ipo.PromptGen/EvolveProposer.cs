using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>The embedded proposer: seeded rules in place of a language model. It answers in a language model's form, so that its
/// candidates go through the same parser.</summary>
internal sealed class EvolveProposer : IProposer
{
    public const string Name = "evolve";

    /// <summary>Version of the rules and of <see cref="VisualVocabulary"/>: the same request gets the same answer while it stands.</summary>
    public const string Version = "evolve-1";

    public Proposer About { get; } = new() { Name = Name, Model = Version, Paid = false };

    public Task<ProposeTemplatesResponse> ProposeAsync(ProposeTemplatesRequest request, CancellationToken cancel) => Task.FromResult(Answer(request));

    /// <summary>The answer to a request; it takes milliseconds.</summary>
    internal static ProposeTemplatesResponse Answer(ProposeTemplatesRequest request)
    {
        var started = Stopwatch.GetTimestamp();
        var candidates = Propose(request);
        var response = new ProposeTemplatesResponse
        {
            Proposer = Name,
            Model = Version,
            Usage = new Usage { Latency = Duration.FromTimeSpan(Stopwatch.GetElapsedTime(started)) },
        };
        if (candidates.Count > 0) response.Answer = string.Join('\n', candidates.Select(candidate => $"<INS>{candidate}</INS>"));
        else response.Failure = new ProviderFailure
        {
            Kind = FailureKind.Empty,
            Message = "evolve knows no template that is new and names no class; class names such as 'photo' or 'picture' leave it few words. Use the proposer 'openai'.",
        };
        return response;
    }

    private static IReadOnlyList<string> Propose(ProposeTemplatesRequest request)
    {
        var forbidden = ClassNames.Whole(request.ClassNames);
        var memory = request.Memory.Select(item => new Parent(item.Template, item.Accuracy, item.Loss)).ToArray();
        return new TemplateEvolution(request.Seed, memory, new DescriptionPhrases(request.Descriptions, forbidden), forbidden).Propose(request.CandidateCount);
    }
}
