using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ipo.Providers;
using Ipo.V1;

namespace Ipo.Captioner;

/// <summary>What became of an image.</summary>
/// <param name="Reply">The raw answer or the failure; its usage is zero where nothing was asked.</param>
/// <param name="Source">Where the answer came from.</param>
internal sealed record Caption(ChatReply Reply, AnswerSource Source);

/// <summary>Asks for each image once: an answer is kept under everything that decides it, and callers that want the same at the
/// same time share one call. Failures are not kept.</summary>
internal sealed class CachingCaptioner(ICaptioner inner, AnswerCache cache)
{
    // Raised when the form of a key or of a kept answer changes.
    private const string KeyVersion = "2";

    private readonly ConcurrentDictionary<string, Lazy<Task<Caption>>> underWay = new(StringComparer.Ordinal);

    public ICaptioner Captioner => inner;

    /// <exception cref="ImageRejectedException">The image cannot be used.</exception>
    public async Task<Caption> DescribeAsync(ImageFile image, CancellationToken cancel)
    {
        string key;
        try { key = Key(image, await inner.IdentifyAsync(cancel)); }
        catch (ProviderFailedException failed) { return new Caption(new ChatReply(null, failed.Failure, new Usage(), ""), AnswerSource.Provider); }

        var mine = new Lazy<Task<Caption>>(() => FindOrAskAsync(key, image));
        var asked = underWay.GetOrAdd(key, mine);
        var caption = await asked.Value.WaitAsync(cancel);
        return ReferenceEquals(asked, mine) ? caption : new Caption(caption.Reply with { Usage = new Usage() }, AnswerSource.Shared);
    }

    // Not tied to the caller: an answer that is being paid for is kept, also when the one who asked has gone.
    private async Task<Caption> FindOrAskAsync(string key, ImageFile image)
    {
        try
        {
            if (await cache.FindAsync(key) is var (kept, source) && HasWords(kept.Text)) return new Caption(new ChatReply(kept.Text, null, new Usage(), kept.Model), source);
            var reply = await inner.DescribeAsync(image, CancellationToken.None);
            if (reply.Text is null) return new Caption(reply, AnswerSource.Provider);
            if (!HasWords(reply.Text)) return new Caption(reply with { Text = null, Failure = NoWords(reply.Model) }, AnswerSource.Provider);
            await cache.KeepAsync(key, new KeptAnswer(reply.Text, reply.Model));
            return new Caption(reply, AnswerSource.Provider);
        }
        finally { underWay.TryRemove(key, out _); }
    }

    /// <summary>The failure of an answer of which no description is left.</summary>
    public static ProviderFailure NoWords(string model) =>
        new() { Kind = FailureKind.Empty, Message = $"{model} answered, but no words are left of it once tags and class names are taken out; try another model or question." };

    // An answer without any would be found in the cache however often it is asked for again.
    private static bool HasWords(string answer) => DescriptionText.Of(answer, []).Length > 0;

    private string Key(ImageFile image, CaptionerIdentity identity)
    {
        var asked = SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.Model}\n{identity.Parameters}\n{inner.Question}"));
        return $"ipo:caption:{KeyVersion}:{inner.Provider}:{Convert.ToHexStringLower(image.Sha256)}:{Convert.ToHexStringLower(asked)}";
    }
}
