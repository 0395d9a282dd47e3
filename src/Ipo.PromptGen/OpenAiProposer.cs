using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>Puts the instruction to a language model, as the paper does, in one call for all candidates.</summary>
internal sealed class OpenAiProposer(ChatEndpoint endpoint) : IProposer
{
    public const string Name = "openai";

    /// <summary>Configuration path of its endpoint.</summary>
    public const string Path = "Ipo:PromptGen:OpenAI";

    public Proposer About { get; } = new() { Name = Name, Model = endpoint.Model, Paid = true };

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
        var response = new ProposeTemplatesResponse { Usage = reply.Usage, Proposer = Name, Model = reply.Model };
        if (reply.Failure is { } failure) response.Failure = failure;
        else response.Answer = reply.Text;
        return response;
    }
}
