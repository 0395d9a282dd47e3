using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.Images;
using Ipo.Providers;
using Ipo.V1;

namespace Ipo.Captioner;

/// <summary>The embedded captioner: says of each facet which phrase lies nearest to the image in CLIP's own space. No
/// language model; it sees what the checkpoint sees.</summary>
internal sealed class AttributesCaptioner(ClipScorerService.ClipScorerServiceClient scorer) : ICaptioner
{
    public const string Name = "attributes";

    // By checkpoint digest: the phrases' directions, made once.
    private readonly ConcurrentDictionary<string, Lazy<Task<AttributePhrases>>> phrases = new(StringComparer.Ordinal);

    public string Provider => Name;

    public string Question => $"Which phrases of the vocabulary {AttributePhrases.Version} lie nearest to the image?";

    public bool Paid => false;

    public bool Embedded => true;

    public ModelPrice? Price => null;

    public long TokensPerImage => 0;

    public async Task<CaptionerIdentity> IdentifyAsync(CancellationToken cancel)
    {
        try
        {
            var model = (await scorer.GetModelAsync(new(), cancellationToken: cancel)).Model;
            return new CaptionerIdentity(model.Name, $"{model.Digest} {model.PreprocessingVersion} {model.Precision}");
        }
        catch (RpcException fault) when (!cancel.IsCancellationRequested) { throw new ProviderFailedException(Failure(fault)); }
    }

    public async Task<ChatReply> DescribeAsync(ImageFile image, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var name = "";
        ChatReply Reply(string? text, ProviderFailure? failure) =>
            new(text, failure, new Usage { Latency = Duration.FromTimeSpan(Stopwatch.GetElapsedTime(started)) }, name);
        try
        {
            var model = (await scorer.GetModelAsync(new(), cancellationToken: cancel)).Model;
            name = model.Name;
            var phrases = await PhrasesAsync(model.Digest, cancel);
            return Reply(Sentence(phrases.Best(await EmbedAsync(image, cancel))), null);
        }
        catch (RpcException fault) when (!cancel.IsCancellationRequested) { return Reply(null, Failure(fault)); }
    }

    /// <summary>One sentence of the best phrases. The medium and the category are always said; the others only where
    /// they stand out, at two standard deviations: of a facet's twenty phrases about one does by chance.</summary>
    internal static string Sentence(IReadOnlyDictionary<FacetKind, RankedPhrase> best)
    {
        const double StandsOut = 2;
        string Said(FacetKind kind, string form) => best[kind].Prominence >= StandsOut ? string.Format(null, form, best[kind].Phrase) : "";

        var picture = Said(FacetKind.Quality, "{0} ") + Said(FacetKind.Colour, "{0} ") + best[FacetKind.Medium].Phrase;
        var around = Said(FacetKind.Background, " {0}") + Said(FacetKind.Lighting, ", {0}") + Said(FacetKind.Viewpoint, ", {0}");
        return $"{VisualVocabulary.ArticleFor(picture)}{picture}{around}, of a kind of {best[FacetKind.Category].Phrase}.";
    }

    private async Task<AttributePhrases> PhrasesAsync(string digest, CancellationToken cancel)
    {
        // Not tied to the one caller who happens to be first: others wait for it too.
        var made = phrases.GetOrAdd(digest, _ => new(() => EmbedPhrasesAsync()));
        try { return await made.Value.WaitAsync(cancel); }
        catch (RpcException)
        {
            phrases.TryRemove(KeyValuePair.Create(digest, made)); // the next image tries again
            throw;
        }
    }

    private async Task<AttributePhrases> EmbedPhrasesAsync()
    {
        var response = await scorer.EmbedTextsAsync(new EmbedTextsRequest { Texts = { AttributePhrases.Texts } });
        return new AttributePhrases([.. response.Embeddings.Select(Floats)]);
    }

    private async Task<float[]> EmbedAsync(ImageFile image, CancellationToken cancel)
    {
        var asked = new Image { Sha256 = ByteString.CopyFrom(image.Sha256) };
        var answer = await EmbedAsync(asked, cancel);
        if (answer.Outcome == ImageOutcome.ContentNeeded)
        {
            asked.Content = UnsafeByteOperations.UnsafeWrap(image.Content);
            answer = await EmbedAsync(asked, cancel);
        }
        if (answer.Outcome == ImageOutcome.Rejected) throw new ImageRejectedException(answer.Rejection);
        return Floats(answer.Embedding);
    }

    private async Task<ImageEmbedding> EmbedAsync(Image image, CancellationToken cancel) =>
        (await scorer.EmbedImagesAsync(
            new EmbedImagesRequest { Images = { image }, IncludeEmbeddings = true }, cancellationToken: cancel)).Embeddings[0];

    private static float[] Floats(ByteString bytes) => MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray();

    private static ProviderFailure Failure(RpcException fault) => new()
    {
        Kind = fault.StatusCode switch
        {
            StatusCode.DeadlineExceeded => FailureKind.TimedOut,
            StatusCode.ResourceExhausted => FailureKind.RateLimited,
            StatusCode.InvalidArgument => FailureKind.Rejected,
            StatusCode.Unavailable => FailureKind.Unavailable,
            _ => FailureKind.Faulted,
        },
        Message = $"The clip-scorer did not answer ({fault.StatusCode}); check that it is ready, and see its log.",
    };
}
