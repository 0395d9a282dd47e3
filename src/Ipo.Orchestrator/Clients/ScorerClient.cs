using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Clients;

/// <summary>What the orchestrator asks of a scorer: every call of it is free and repeatable.</summary>
/// <param name="client">Who calls it.</param>
/// <param name="replicas">Its replicas; null where the client's channel does not know them.</param>
/// <param name="service">Its name, for messages.</param>
internal sealed class ScorerClient(
    V1.ClipScorerService.ClipScorerServiceClient client, Replicas? replicas, string service = ScorerClient.Service)
{
    /// <summary>The scorer that runs use.</summary>
    public const string Service = "clip-scorer";

    /// <summary>Its name, for messages.</summary>
    public string Name => service;

    private const int MostImagesAsked = 1024; // the contract's limit

    // A batch keeps the scorer busy, is small beside its 60 MiB and is done long before the deadline; a few in flight
    // hide reading and sending.
    private const int BatchBytes = 8 * 1024 * 1024;
    private const int BatchImages = 128;
    private const int LeastBatchesAtOnce = 4;
    private const int BatchesPerReplica = 2;

    // An embedding that was just sent is known there, unless its memory is full.
    private const int MostPuts = 6;

    // One template over a large set on a slow processor; the default deadline is that of one call to a language model.
    private static readonly TimeSpan ScoringDeadline = TimeSpan.FromHours(1);

    /// <summary>Where templates are scored.</summary>
    public SpreadScoring Spread { get; } = new(replicas ?? new());

    public async Task<V1.Model> GetModelAsync(RetryPolicy retry, CancellationToken cancellation) =>
        (await retry.CallAsync(
            service, () => client.GetModelAsync(new(), cancellationToken: cancellation).ResponseAsync, cancellation)).Model;

    /// <summary>Makes the scorer know images: asks by digest, and sends the bytes of those it lacks.</summary>
    /// <param name="images">The images.</param>
    /// <param name="files">Where their bytes are.</param>
    /// <param name="done">Told the share that is done, in 0..1.</param>
    public async Task<EmbeddedImages> EmbedAsync(
        IReadOnlyList<DatasetImage> images, ImageFiles files, RetryPolicy retry, Action<double> done, CancellationToken cancellation)
    {
        var tally = new Tally(images.Count, done);
        foreach (var asked in images.Chunk(MostImagesAsked))
        {
            var needed = tally.Count(asked, await EmbedAsync(asked, contents: null, retry, cancellation));
            await SendAsync(needed, files, tally, retry, cancellation);
        }
        return tally.Result();
    }

    // Sends the bytes of images that the scorer has said it lacks.
    private async Task SendAsync(
        IReadOnlyList<DatasetImage> images, ImageFiles files, Tally tally, RetryPolicy retry, CancellationToken cancellation)
    {
        var send = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Max(LeastBatchesAtOnce, Spread.Replicas * BatchesPerReplica),
            CancellationToken = cancellation,
        };
        await Parallel.ForEachAsync(files.Batches(images, BatchImages, BatchBytes), send, async (batch, stop) =>
        {
            var contents = await files.ReadAsync(batch, stop);
            var unknown = tally.Count(batch, await EmbedAsync(batch, contents, retry, stop));
            if (unknown.Count > 0)
                throw RefusedException.Forbidden(
                    $"{service} asks for the bytes of '{unknown[0].Path}' after it was sent them; it and this orchestrator have different "
                        + "versions; start both from one build.");
        });
    }

    /// <summary>How many of some images the scorer would have to encode.</summary>
    public async Task<int> CountUnknownAsync(IReadOnlyList<DatasetImage> images, RetryPolicy retry, CancellationToken cancellation)
    {
        var unknown = 0;
        foreach (var asked in images.Chunk(MostImagesAsked))
            unknown += (await EmbedAsync(asked, contents: null, retry, cancellation))
                .Count(answer => answer.Outcome == V1.ImageOutcome.ContentNeeded);
        return unknown;
    }

    /// <summary>Puts a set of labelled images, so that templates can be scored on it.</summary>
    /// <param name="replica">The replica that is to know it; null for any.</param>
    /// <param name="confirm">Given the checkpoint of the replica that answers, before anything is encoded; may throw.</param>
    /// <returns>Its digest.</returns>
    public async Task<string> PutAsync(
        LabelledImages set, ImageFiles files, string? replica, Action<V1.Model>? confirm, RetryPolicy retry, CancellationToken cancellation)
    {
        var choice = new ReplicaChoice { Preferred = replica };
        choice.Enter();
        var request = new V1.PutImageSetRequest { ClassCount = set.ClassNames.Count };
        request.Sha256S.AddRange(set.Images.Select(image => Bytes(image.Sha256)));
        request.Labels.AddRange(set.Images.Select(image => image.Label));
        for (var puts = 1; ; puts++)
        {
            var answer = await retry.CallAsync(
                service, () => client.PutImageSetAsync(request, cancellationToken: cancellation).ResponseAsync, cancellation);
            confirm?.Invoke(answer.Model ?? throw RefusedException.Forbidden(
                $"{service} does not say which checkpoint it has; it and this orchestrator have different versions; start both from one "
                    + "build."));
            if (answer.Missing.Count == 0) return answer.ImageSetDigest;
            choice.Preferred = choice.Taken; // without a Redis another does not know what is sent to this one
            if (puts == MostPuts) throw Forgotten(answer.Missing.Count, puts);
            DatasetImage[] missing = [.. answer.Missing.Select(position => set.Images[position])];
            await SendAsync(missing, files, new(missing.Length, _ => { }), retry, cancellation);
        }
    }

    /// <summary>Scores a template on a set.</summary>
    /// <param name="choice">On which replica; it is told on which.</param>
    /// <returns>Null where that replica does not know the set (any more).</returns>
    public async Task<V1.ScoreTemplatesResponse?> ScoreAsync(
        string setDigest, IReadOnlyList<string> classNames, PromptSet prompts, bool outcomes, ReplicaChoice choice,
        RetryPolicy retry, CancellationToken cancellation)
    {
        choice.Enter();
        var request = new V1.ScoreTemplatesRequest
        {
            ImageSetDigest = setDigest,
            IncludeOutcomes = outcomes,
            PromptSets = { PromptSetMapping.ToMessage(prompts) },
        };
        request.ClassNames.AddRange(classNames);
        return await retry.CallAsync(service, async () =>
        {
            try
            {
                using var call =
                    client.ScoreTemplates(request, deadline: DateTime.UtcNow + ScoringDeadline, cancellationToken: cancellation);
                // A stream that ends early without a fault would otherwise look like a refusal.
                return await call.ResponseStream.MoveNext(cancellation)
                    ? call.ResponseStream.Current
                    : throw new RpcException(new Status(StatusCode.Unavailable, "the stream of scores ended before one was sent"));
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.FailedPrecondition) { return null; }
            catch (RpcException fault) when (fault.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted)
            {
                // Gone or full: the next try is another one's.
                choice.Preferred = null;
                if (choice.Taken is { } failed) choice.Avoided.Add(failed);
                throw;
            }
        }, cancellation);
    }

    /// <summary>Embeds a few texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cut">Whether what is longer than the context is cut, where the contract says; else it is
    /// refused.</param>
    /// <returns>Their embeddings, L2-normalised.</returns>
    public async Task<IReadOnlyList<float[]>> EmbedTextsAsync(
        IReadOnlyList<string> texts, RetryPolicy retry, CancellationToken cancellation, bool cut = false)
    {
        var embeddings = new List<float[]>(texts.Count);
        foreach (var some in texts.Chunk(MostImagesAsked))
        {
            var request = new V1.EmbedTextsRequest { CutToContext = cut };
            request.Texts.AddRange(some);
            var answer = await retry.CallAsync(
                service, () => client.EmbedTextsAsync(request, cancellationToken: cancellation).ResponseAsync, cancellation);
            embeddings.AddRange(answer.Embeddings.Select(Numbers));
        }
        return embeddings;
    }

    /// <summary>The embeddings of images; those that the scorer lacks it is made to know.</summary>
    /// <returns>For each image its embedding, L2-normalised; null where the scorer rejects the image.</returns>
    public async Task<IReadOnlyList<float[]?>> GetEmbeddingsAsync(
        IReadOnlyList<DatasetImage> images, ImageFiles files, RetryPolicy retry, CancellationToken cancellation)
    {
        var embeddings = new List<float[]?>(images.Count);
        // One replica is asked and told: without a Redis another does not know what it knows.
        var choice = new ReplicaChoice();
        choice.Enter();
        foreach (var asked in images.Chunk(MostImagesAsked))
        {
            for (var times = 1; ; times++)
            {
                var answers = await EmbedAsync(asked, contents: null, retry, cancellation, withNumbers: true);
                choice.Preferred = choice.Taken;
                DatasetImage[] needed =
                    [.. asked.Zip(answers).Where(pair => pair.Second.Outcome == V1.ImageOutcome.ContentNeeded).Select(pair => pair.First)];
                var sent = new Tally(needed.Length, _ => { });
                await SendAsync(needed, files, sent, retry, cancellation);
                var rejected = sent.Result().Rejected;
                if (needed.All(image => rejected.ContainsKey(image.Sha256)))
                {
                    embeddings.AddRange(answers.Select(answer => answer.Embedding.IsEmpty ? null : Numbers(answer.Embedding)));
                    break;
                }
                if (times == MostPuts) throw Forgotten(needed.Length, times);
            }
        }
        return embeddings;
    }

    private static float[] Numbers(ByteString embedding) => [.. Enumerable.Range(0, embedding.Length / sizeof(float))
        .Select(at => BinaryPrimitives.ReadSingleLittleEndian(embedding.Span[(at * sizeof(float))..]))];

    private RefusedException Forgotten(int embeddings, int times) =>
        RefusedException.Forbidden(
            $"{service} lost {embeddings} embeddings {times} times. Several replicas need one Redis with enough memory; a single one "
                + "needs an Ipo:ClipScorer:EmbeddingMemoryMiB that holds the whole set.");

    /// <summary>Why one of some texts is longer than the context; null where none is.</summary>
    public async Task<string?> RefusesAsync(IReadOnlyList<string> texts, RetryPolicy retry, CancellationToken cancellation) =>
        (await CheckAsync(texts, retry, cancellation)).Refusal;

    /// <summary>Tokenizes texts, which is quick beside embedding them.</summary>
    public async Task<CheckedTexts> CheckAsync(IReadOnlyList<string> texts, RetryPolicy retry, CancellationToken cancellation)
    {
        var tokens = new List<V1.TextTokens>(texts.Count);
        foreach (var some in texts.Chunk(4096)) // the contract's limit
        {
            var request = new V1.EmbedTextsRequest { CheckOnly = true };
            request.Texts.AddRange(some);
            var refusal = await retry.CallAsync(service, async () =>
            {
                try { tokens.AddRange((await client.EmbedTextsAsync(request, cancellationToken: cancellation)).Tokens); return null; }
                catch (RpcException fault) when (fault.StatusCode == StatusCode.InvalidArgument) { return fault.Status.Detail; }
            }, cancellation);
            if (refusal is not null) return new(refusal, []);
        }
        return new(null, tokens);
    }

    public Task<V1.ClassifyResponse> ClassifyAsync(
        V1.ClassifyRequest request, RetryPolicy retry, CancellationToken cancellation) =>
        retry.CallAsync(
            service, () => client.ClassifyAsync(request, cancellationToken: cancellation).ResponseAsync, cancellation);

    private async Task<IReadOnlyList<V1.ImageEmbedding>> EmbedAsync(
        IReadOnlyList<DatasetImage> images, IReadOnlyList<ByteString>? contents, RetryPolicy retry, CancellationToken cancellation,
        bool withNumbers = false)
    {
        var request = new V1.EmbedImagesRequest { IncludeEmbeddings = withNumbers };
        for (var i = 0; i < images.Count; i++)
            request.Images.Add(new V1.Image { Sha256 = Bytes(images[i].Sha256), Content = contents?[i] ?? ByteString.Empty });
        var answer = await retry.CallAsync(
            service, () => client.EmbedImagesAsync(request, cancellationToken: cancellation).ResponseAsync, cancellation);
        return answer.Embeddings.Count == images.Count
            ? answer.Embeddings
            : throw RefusedException.Forbidden(
                $"{service} answered {answer.Embeddings.Count} of {images.Count} images; it and this orchestrator have different "
                    + "versions; start both from one build.");
    }

    private static ByteString Bytes(string sha256) => UnsafeByteOperations.UnsafeWrap(Convert.FromHexString(sha256));

    private sealed class Tally(int all, Action<double> done)
    {
        private readonly Dictionary<string, string> _rejected = [];
        private readonly Lock _counting = new();
        private int _cached;
        private int _encoded;

        /// <summary>Counts outcomes.</summary>
        /// <returns>The images whose content is needed.</returns>
        public List<DatasetImage> Count(IReadOnlyList<DatasetImage> images, IReadOnlyList<V1.ImageEmbedding> outcomes)
        {
            lock (_counting)
            {
                var needed = new List<DatasetImage>();
                foreach (var (image, outcome) in images.Zip(outcomes))
                {
                    if (outcome.Outcome == V1.ImageOutcome.Cached) _cached++;
                    else if (outcome.Outcome == V1.ImageOutcome.Encoded) _encoded++;
                    else if (outcome.Outcome == V1.ImageOutcome.Rejected) _rejected[image.Sha256] = outcome.Rejection;
                    else needed.Add(image);
                }
                done(all == 0 ? 1 : (double)(_cached + _encoded + _rejected.Count) / all);
                return needed;
            }
        }

        public EmbeddedImages Result() => new(_cached, _encoded, _rejected);
    }
}

/// <summary>What became of images that the scorer was asked to know.</summary>
/// <param name="Cached">How many it knew.</param>
/// <param name="Encoded">How many it encoded.</param>
/// <param name="Rejected">Why others cannot be used, by digest.</param>
internal sealed record EmbeddedImages(int Cached, int Encoded, IReadOnlyDictionary<string, string> Rejected);

/// <summary>What the scorer's tokenizer makes of texts.</summary>
/// <param name="Refusal">Why one of them is longer than the context; null where none is.</param>
/// <param name="Tokens">The tokens of each; none where one is refused.</param>
internal sealed record CheckedTexts(string? Refusal, IReadOnlyList<V1.TextTokens> Tokens);
