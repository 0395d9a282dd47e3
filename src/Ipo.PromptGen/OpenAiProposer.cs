using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>Puts the instruction to a language model, as the paper does, in one call for all candidates. It stands under several
/// names: they differ in the instruction alone, which the caller writes.</summary>
internal sealed class OpenAiProposer(string name, ChatEndpoint endpoint) : IProposer
{
    /// <summary>The name that goes with the paper's instruction.</summary>
    public const string Paper = "ipo";

    /// <summary>What <see cref="Paper"/> was called while it was the only one; older settings and journals name it so.</summary>
    public const string OldName = "openai";

    /// <summary>Configuration path of its endpoint.</summary>
    public const string Path = "Ipo:PromptGen:OpenAI";

    /// <summary>Every name, in the order of docs/proposers.md.</summary>
    public static IReadOnlyList<string> Names { get; } = [Paper, "opro", "contrast", "reflect"];

    public Proposer About { get; } = new() { Name = name, Model = endpoint.Model, Paid = true, Embedded = false };

    public async Task<ProposeTemplatesResponse> ProposeAsync(ProposeTemplatesRequest request, CancellationToken cancel)
    {
        // An answer that was cut at its length limit is returned like any other: the parser counts the unfinished candidate.
        var reply = await endpoint.AskAsync(
            new ChatQuestion(
                request.Instruction,
                Temperature: request.HasTemperature ? request.Temperature : null,
                MaxOutputTokens: request.HasMaxOutputTokens ? request.MaxOutputTokens : null,
                Seed: request.Seed),
            cancel);
        var response = new ProposeTemplatesResponse { Usage = reply.Usage, Proposer = About.Name, Model = reply.Model };
        if (reply.Failure is { } failure) response.Failure = failure;
        else response.Answer = reply.Text;
        return response;
    }
}
