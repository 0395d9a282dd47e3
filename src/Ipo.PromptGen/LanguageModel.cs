using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>An answer as it came, or as it was kept.</summary>
internal sealed record FoundAnswer(ChatReply? Reply, KeptAnswer? Kept);

/// <summary>Puts the instruction to a language model, as the paper does, in one call for all candidates. The caller
/// writes the instruction, so any strategy is this one proposer.</summary>
/// <param name="name">What it is called where a request names none.</param>
/// <param name="endpoint">Where the model is.</param>
/// <param name="kept">Answers to equal questions; null where none are kept.</param>
/// <param name="namedModel">The name that the configuration gives the model; empty for the default one.</param>
/// <param name="purchases">Answers that are being bought.</param>
internal sealed class LanguageModel(
    string name, ChatEndpoint endpoint, Purchases<FoundAnswer> purchases, AnswerCache? kept = null, string namedModel = "") : IProposer
{
    /// <summary>Its name where configuration gives no other; the captioner calls the same kind of endpoint so
    /// too.</summary>
    public const string Name = "openai";

    /// <summary>Configuration path of its endpoint.</summary>
    public const string Path = "Ipo:PromptGen:OpenAI";

    // Raised when the form of a key or of a kept answer changes.
    private const string KeyVersion = "2";

    public Proposer About { get; } = Describe(name, endpoint, namedModel);

    public async Task<ProposeTemplatesResponse> ProposeAsync(ProposeTemplatesRequest request, CancellationToken cancellation)
    {
        // An answer that was cut at its length limit is returned like any other: the parser counts the unfinished
        // candidate.
        var question = new ChatQuestion(
            request.Instruction,
            Temperature: request.HasTemperature ? request.Temperature : null,
            MaxOutputTokens: request.HasMaxOutputTokens ? request.MaxOutputTokens : null,
            Seed: request.Seed);
        var key = $"ipo:proposal:{KeyVersion}:{endpoint.DigestOf(question)}{AnswerCache.For(request.KeptFor)}";
        // Where equal questions are to be answered anew, only the same call may share.
        var shared = kept is not null ? key : $"{key} {(request.CallId.Length > 0 ? request.CallId : Guid.NewGuid().ToString())}";
        var (found, buyer) = await purchases.AskAsync(
            shared, request.CallId, () => FindOrBuyAsync(key, request.CallId, question), cancellation);
        if (found.Kept is { } answer) return Kept(request, answer);
        var reply = found.Reply!;
        var response = Response(
            request, buyer is Buyer.Other ? reply with { Usage = new() } : reply,
            cached: buyer is not Buyer.First && reply.Failure is null);
        response.Recovered = buyer is Buyer.Again && reply.Failure is null;
        return response;
    }

    // Not given up with its caller: what is asked for is paid for.
    private async Task<FoundAnswer> FindOrBuyAsync(string key, string callId, ChatQuestion question)
    {
        if (kept is not null && await kept.FindAsync(key) is var (answer, _)) return new(null, answer);
        var reply = await endpoint.AskAsync(question, CancellationToken.None);
        if (kept is not null && reply.Text is not null)
            await kept.KeepAsync(key, new KeptAnswer(
                reply.Text, reply.Model, callId, reply.Usage.InputTokens, reply.Usage.OutputTokens, reply.Usage.CostMicroUsd));
        return new(reply, null);
    }

    // A caller asks again for the same call only where the answer never reached it: then nobody has booked what it cost.
    private ProposeTemplatesResponse Kept(ProposeTemplatesRequest request, KeptAnswer answer)
    {
        var recovered = request.CallId.Length > 0 && request.CallId == answer.BoughtFor;
        var usage = !recovered ? new Usage() : new()
        {
            InputTokens = answer.InputTokens,
            OutputTokens = answer.OutputTokens,
            CostMicroUsd = answer.CostMicroUsd,
        };
        var response = Response(request, new ChatReply(answer.Text, null, usage, answer.Model), cached: true);
        response.Recovered = recovered;
        return response;
    }

    private static Proposer Describe(string name, ChatEndpoint endpoint, string namedModel)
    {
        var about = new Proposer { Name = name, Model = endpoint.Model, NamedModel = namedModel, Paid = true, Embedded = false };
        if (endpoint.Price is not { } price) return about;
        about.InputPricePerMillionTokens = (double)price.Input;
        about.OutputPricePerMillionTokens = (double)price.Output;
        return about;
    }

    private ProposeTemplatesResponse Response(ProposeTemplatesRequest request, ChatReply reply, bool cached)
    {
        var response = new ProposeTemplatesResponse
        {
            Usage = reply.Usage,
            Proposer = request.Proposer.Length > 0 ? request.Proposer : About.Name,
            NamedModel = About.NamedModel,
            Model = reply.Model,
            Cached = cached,
        };
        if (reply.Failure is { } failure) response.Failure = failure;
        else response.Answer = reply.Text;
        return response;
    }
}
