using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ipo.Images;
using Ipo.Providers;
using Ipo.V1;

namespace Ipo.Captioner;

/// <summary>What became of an image.</summary>
/// <param name="Reply">The raw answer or the failure; its usage is zero where nothing was asked.</param>
/// <param name="Source">Where the answer came from.</param>
internal sealed record Caption(ChatReply Reply, AnswerSource Source);

/// <summary>Asks for each image once: an answer is kept under everything that decides it, and callers that want the
/// same at the same time share one call. Failures are not kept.</summary>
internal sealed class CachingCaptioner(ICaptioner inner, AnswerCache cache, ProviderMetrics metrics)
{
    // Raised when the form of a key or of a kept answer changes.
    private const string KeyVersion = "3";

    private readonly ConcurrentDictionary<string, Asking> underWay = new(StringComparer.Ordinal);

    public ICaptioner Captioner => inner;

    /// <param name="image">The image.</param>
    /// <param name="keptFor">Whose answers count; empty is one of them.</param>
    /// <exception cref="ImageRejectedException">The image cannot be used.</exception>
    public async Task<Caption> DescribeAsync(ImageFile image, CancellationToken cancel, string keptFor = "")
    {
        string key;
        try { key = Key(image, await inner.IdentifyAsync(cancel)) + AnswerCache.For(keptFor); }
        catch (ProviderFailedException failed)
        {
            metrics.Called(inner.Provider, new Usage(), failed.Failure);
            return new Caption(new ChatReply(null, failed.Failure, new Usage(), ""), AnswerSource.Provider);
        }

        var mine = new Asking(() => FindOrAskAsync(key, image));
        var asking = underWay.GetOrAdd(key, mine);
        var caption = await asking.Answer.WaitAsync(cancel);
        return asking.Take() ? caption : new Caption(caption.Reply with { Usage = new Usage() }, AnswerSource.Shared);
    }

    // Not tied to the caller: an answer that is being paid for is kept, also when the one who asked has gone.
    private async Task<Caption> FindOrAskAsync(string key, ImageFile image)
    {
        try
        {
            if (await cache.FindAsync(key) is var (kept, source) && HasWords(kept.Text))
                return new Caption(new ChatReply(kept.Text, null, new Usage(), kept.Model), source);
            var reply = await inner.DescribeAsync(image, CancellationToken.None);
            if (reply.Text is not null && !HasWords(reply.Text)) reply = reply with { Text = null, Failure = NoWords(reply.Model) };
            metrics.Called(inner.Provider, reply.Usage, reply.Failure);
            if (reply.Text is not null) await cache.KeepAsync(key, new KeptAnswer(reply.Text, reply.Model));
            return new Caption(reply, AnswerSource.Provider);
        }
        finally { underWay.TryRemove(key, out _); }
    }

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

    /// <summary>One answer for all who wait for it. Its usage goes to one of them, so that it is counted once: to the
    /// first who still waits.</summary>
    private sealed class Asking(Func<Task<Caption>> ask)
    {
        private readonly Lazy<Task<Caption>> answer = new(ask);
        private int taken;

        public Task<Caption> Answer => answer.Value;

        public bool Take() => Interlocked.Exchange(ref taken, 1) == 0;
    }
}
