using System.Security.Cryptography;
using System.Text;
using Ipo.Images;
using Ipo.Providers;
using Ipo.V1;

namespace Ipo.Captioner;

/// <summary>What became of an image.</summary>
/// <param name="Reply">The raw answer or the failure; its usage is zero where nothing was asked.</param>
/// <param name="Source">Where the answer came from.</param>
/// <param name="Recovered">Whether it was bought for this very call before, whose answer did not arrive: the usage is what it cost
/// then.</param>
internal sealed record Caption(ChatReply Reply, AnswerSource Source, bool Recovered = false);

/// <summary>An answer as it came, or as it was kept.</summary>
internal sealed record FoundCaption(ChatReply? Reply, (KeptAnswer Answer, AnswerSource Source)? Kept);

/// <summary>Asks for each image once: an answer is kept under everything that decides it, and callers that want the
/// same at the same time share one call. Failures are not kept.</summary>
internal sealed class CachingCaptioner(
    ICaptioner inner, AnswerCache cache, Purchases<FoundCaption> purchases, ProviderMetrics metrics)
{
    // Raised when the form of a key or of a kept answer changes.
    private const string KeyVersion = "3";

    public ICaptioner Captioner => inner;

    /// <param name="image">The image.</param>
    /// <param name="keptFor">Whose answers count; empty is one of them.</param>
    /// <param name="callId">Of the call, the same when it is made again; empty where the caller books nothing.</param>
    /// <exception cref="ImageRejectedException">The image cannot be used.</exception>
    public async Task<Caption> DescribeAsync(ImageFile image, CancellationToken cancel, string keptFor = "", string callId = "")
    {
        string key;
        try { key = Key(image, await inner.IdentifyAsync(cancel)) + AnswerCache.For(keptFor); }
        catch (ProviderFailedException failed)
        {
            metrics.Called(inner.Provider, new Usage(), failed.Failure);
            return new Caption(new ChatReply(null, failed.Failure, new Usage(), ""), AnswerSource.Provider);
        }

        var (found, buyer) = await purchases.AskAsync(key, callId, () => FindOrBuyAsync(key, image, callId), cancel);
        if (found.Kept is var (answer, source))
        {
            var recovered = callId.Length > 0 && callId == answer.BoughtFor;
            return new Caption(new ChatReply(answer.Text, null, recovered ? UsageOf(answer) : new(), answer.Model), source, recovered);
        }
        return buyer switch
        {
            Buyer.First => new(found.Reply!, AnswerSource.Provider),
            Buyer.Again => new(found.Reply!, AnswerSource.Shared, Recovered: found.Reply!.Failure is null),
            _ => new(found.Reply! with { Usage = new() }, AnswerSource.Shared),
        };
    }

    // Not tied to the caller: an answer that is being paid for is kept, also when the one who asked has gone.
    private async Task<FoundCaption> FindOrBuyAsync(string key, ImageFile image, string callId)
    {
        if (await cache.FindAsync(key) is { } kept && HasWords(kept.Answer.Text)) return new(null, kept);
        var reply = await inner.DescribeAsync(image, CancellationToken.None);
        if (reply.Text is not null && !HasWords(reply.Text)) reply = reply with { Text = null, Failure = NoWords(reply.Model) };
        metrics.Called(inner.Provider, reply.Usage, reply.Failure);
        if (reply.Text is not null)
            await cache.KeepAsync(key, new(
                reply.Text, reply.Model, callId, reply.Usage.InputTokens, reply.Usage.OutputTokens, reply.Usage.CostMicroUsd));
        return new(reply, null);
    }

    private static Usage UsageOf(KeptAnswer kept) =>
        new() { InputTokens = kept.InputTokens, OutputTokens = kept.OutputTokens, CostMicroUsd = kept.CostMicroUsd };

    private static ProviderFailure NoWords(string model) =>
        new()
        {
            Kind = FailureKind.Empty,
            Message = $"{model}'s answer is empty once its tags are removed; try another model or question."
        };

    // Names of classes need not be looked for: words stand in their places. An answer without any would be found in the
    // cache however often it is asked for again.
    private static bool HasWords(string answer) => DescriptionText.Of(answer, []).Length > 0;

    private string Key(ImageFile image, CaptionerIdentity identity)
    {
        var asked = SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.Model}\n{identity.Parameters}\n{inner.Question}"));
        // Turned pictures were once described lying; those answers are not asked for again under this key.
        var picture = Convert.ToHexStringLower(image.Sha256) + (image.IsTurned ? ":upright" : "");
        return $"ipo:caption:{KeyVersion}:{inner.Provider}:{picture}:{Convert.ToHexStringLower(asked)}";
    }
}
