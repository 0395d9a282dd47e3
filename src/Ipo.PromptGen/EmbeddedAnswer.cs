using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>Templates of a seeded rule in a language model's form, so that they go through the same parser.</summary>
internal static class EmbeddedAnswer
{
    public static ProposeTemplatesResponse To(
        ProposeTemplatesRequest request, string name, string version,
        Func<ProposeTemplatesRequest, IReadOnlyList<Parent>, ClassNames, IReadOnlyList<string>> propose)
    {
        var started = Stopwatch.GetTimestamp();
        Parent[] memory = [.. request.Memory.Select(item => new Parent(item.Template, item.Accuracy, item.Loss))];
        var candidates = propose(request, memory, ClassNames.Whole(request.ClassNames));
        var response = new ProposeTemplatesResponse
        {
            Proposer = name,
            Model = version,
            Usage = new Usage { Latency = Duration.FromTimeSpan(Stopwatch.GetElapsedTime(started)) },
        };
        if (candidates.Count > 0) response.Answer = string.Join('\n', candidates.Select(candidate => $"<INS>{candidate}</INS>"));
        else response.Failure = new ProviderFailure
        {
            Kind = FailureKind.Empty,
            Message = $"{name} knows no template that is new and names no class; class names such as 'photo' or 'picture' leave it few "
                + "words. Use a proposer with a language model.",
        };
        return response;
    }
}
