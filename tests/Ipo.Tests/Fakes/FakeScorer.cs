using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ipo.V1;

namespace Ipo.Tests.Fakes;

/// <summary>A scorer whose scores are a pure function of template, images and <see cref="Taste"/>. It keeps the contract: digests first, sets by digest,
/// what it does not know it says.</summary>
internal sealed class FakeScorer : ClipScorerService.ClipScorerServiceBase
{
    private readonly ConcurrentDictionary<string, bool> _embeddings = new();
    private readonly ConcurrentDictionary<string, PutImageSetRequest> _sets = new();

    /// <summary>The checkpoint.</summary>
    public Model Model { get; set; } = new()
    {
        Name = "fake-clip",
        Digest = new string('c', 64),
        EmbeddingDimension = 4,
        ImageSize = 8,
        ContextLength = 77,
        LogitScale = 100,
        ExecutionProvider = "cpu",
        Precision = "fp32",
        PreprocessingVersion = "1",
        Probability = ZeroShotProbability.Softmax,
    };

    /// <summary>Images that cannot be decoded: the reason by digest.</summary>
    public Dictionary<string, string> Rejections { get; } = [];

    /// <summary>Called before each call with the method's name; may throw.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Awaited before templates are scored.</summary>
    public Func<Task> BeforeScoring { get; set; } = () => Task.CompletedTask;

    /// <summary>Longest text: the stand-in for the context.</summary>
    public int LongestText { get; set; } = 200;

    /// <summary>Length of a text: the stand-in for its tokens.</summary>
    public Func<string, int> LengthOf { get; set; } = text => text.Length;

    /// <summary>How texts are repaired: the stand-in for the tokenizer's repair.</summary>
    public Func<string, string> Repair { get; set; } = text => text.Replace('’', '\'');

    /// <summary>What tells its scores from those of another checkpoint.</summary>
    public string Taste { get; set; } = "";

    /// <summary>Digests of the images that it knows.</summary>
    public IEnumerable<string> Known => _embeddings.Keys;

    /// <summary>Sizes in bytes of the requests that held content.</summary>
    public ConcurrentQueue<long> ContentSizes { get; } = new();

    /// <summary>Every template that was scored, in order.</summary>
    public ConcurrentQueue<string> ScoredTemplates { get; } = new();

    /// <summary>Forgets sets and embeddings, as a scorer without a cache does when it starts again.</summary>
    public void Restart()
    {
        _embeddings.Clear();
        _sets.Clear();
    }

    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        Before(nameof(GetModel));
        return Task.FromResult(new GetModelResponse { Model = Model });
    }

    public override Task<EmbedImagesResponse> EmbedImages(EmbedImagesRequest request, ServerCallContext context)
    {
        Before(nameof(EmbedImages));
        if (request.Images.Any(image => image.Content.Length > 0)) ContentSizes.Enqueue(request.Images.Sum(image => (long)image.Content.Length));
        var response = new EmbedImagesResponse();
        response.Embeddings.AddRange(request.Images.Select(image => Embed(image, request.IncludeEmbeddings)));
        return Task.FromResult(response);
    }

    public override Task<EmbedTextsResponse> EmbedTexts(EmbedTextsRequest request, ServerCallContext context)
    {
        Before(nameof(EmbedTexts));
        string[] texts = [.. request.Texts.Select(text => request.CutToContext && LengthOf(text) > LongestText ? text[..LongestText] : text)];
        var tooLong = texts.FirstOrDefault(text => LengthOf(text) > LongestText);
        if (tooLong is not null) throw new RpcException(new Status(StatusCode.InvalidArgument, $"'{tooLong}' is longer than the context."));
        var response = new EmbedTextsResponse();
        if (request.CheckOnly) response.Tokens.AddRange(texts.Select(text => new TextTokens { Ids = { Repair(text).ToLowerInvariant().Select(letter => (int)letter) } }));
        else response.Embeddings.AddRange(texts.Select(text => Bytes(TextEmbeddingOf(text))));
        return Task.FromResult(response);
    }

    /// <summary>The embedding of a text: four numbers by its digest, L2-normalised.</summary>
    public static float[] TextEmbedding(string text)
    {
        float[] numbers = [.. SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(4).Select(value => value - 127.5f)];
        var length = MathF.Sqrt(numbers.Sum(number => number * number));
        return [.. numbers.Select(number => number / length)];
    }

    /// <summary>How texts are embedded.</summary>
    public Func<string, float[]> TextEmbeddingOf { get; set; } = TextEmbedding;

    /// <summary>The embedding of an image by its digest.</summary>
    public Func<string, float[]> ImageEmbedding { get; set; } = sha256 => TextEmbedding("image " + sha256);

    private static ByteString Bytes(float[] embedding) => ByteString.CopyFrom(MemoryMarshal.AsBytes(embedding.AsSpan()));

    public override Task<PutImageSetResponse> PutImageSet(PutImageSetRequest request, ServerCallContext context)
    {
        Before(nameof(PutImageSet));
        var response = new PutImageSetResponse { ImageSetDigest = Hex(SHA256.HashData(request.ToByteArray())), Model = Model };
        for (var i = 0; i < request.Sha256S.Count; i++)
            if (!_embeddings.ContainsKey(Hex(request.Sha256S[i].Span))) response.Missing.Add(i);
        if (response.Missing.Count == 0) _sets[response.ImageSetDigest] = request;
        return Task.FromResult(response);
    }

    public override async Task ScoreTemplates(ScoreTemplatesRequest request, IServerStreamWriter<ScoreTemplatesResponse> responseStream, ServerCallContext context)
    {
        Before(nameof(ScoreTemplates));
        await BeforeScoring();
        if (!_sets.TryGetValue(request.ImageSetDigest, out var set)) throw new RpcException(new Status(StatusCode.FailedPrecondition, "unknown image set"));
        if (set.ClassCount != request.ClassNames.Count) throw new RpcException(new Status(StatusCode.InvalidArgument, "class_names"));
        for (var i = 0; i < request.PromptSets.Count; i++)
        {
            var template = request.PromptSets[i].Text();
            ScoredTemplates.Enqueue(template);
            var tooLong = request.ClassNames.SelectMany(name => template.Split('\n').Where(line => !line.Contains('\t', StringComparison.Ordinal) || line.StartsWith(name + "\t", StringComparison.Ordinal)).Select(line => line.Replace("<CLASS>", name, StringComparison.Ordinal))).FirstOrDefault(prompt => LengthOf(prompt) > LongestText);
            await responseStream.WriteAsync(tooLong is null
                ? new() { PromptSetIndex = i, Score = WithRepaired(ScoreOf(template, set, request.IncludeOutcomes), request.PromptSets[i]) }
                : new() { PromptSetIndex = i, Refusal = $"'{tooLong}' is longer than the context." });
        }
    }

    public override Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context)
    {
        Before(nameof(Classify));
        var response = new ClassifyResponse();
        foreach (var image in request.Images)
        {
            var first = (int)(Number(request.PromptSet.Text(), Hex(image.Sha256.Span)) * request.ClassNames.Count);
            var answer = new Classification { Outcome = ImageOutcome.Encoded };
            answer.Classes.AddRange(Enumerable.Range(0, Math.Max(1, request.TopK))
                .Select(rank => new ClassProbability { ClassName = request.ClassNames[(first + rank) % request.ClassNames.Count], Probability = 1.0 / (rank + 2) }));
            response.Classifications.Add(answer);
        }
        response.Repaired.AddRange(Repaired(request.PromptSet));
        return Task.FromResult(response);
    }

    private Score WithRepaired(Score score, PromptSet prompts)
    {
        score.Repaired.AddRange(Repaired(prompts));
        return score;
    }

    private IEnumerable<RepairedTemplate> Repaired(PromptSet prompts) =>
        prompts.Templates.Where(template => Repair(template) != template).Select(template => new RepairedTemplate { Template = template, ReadAs = Repair(template) });

    private ImageEmbedding Embed(Image image, bool withNumbers)
    {
        var answer = Embed(image);
        if (withNumbers && answer.Outcome is ImageOutcome.Cached or ImageOutcome.Encoded) answer.Embedding = Bytes(ImageEmbedding(Hex(image.Sha256.Span)));
        return answer;
    }

    private ImageEmbedding Embed(Image image)
    {
        var sha256 = Hex(image.Sha256.Span);
        if (_embeddings.ContainsKey(sha256)) return new() { Outcome = ImageOutcome.Cached };
        if (image.Content.Length == 0) return new() { Outcome = ImageOutcome.ContentNeeded };
        if (Rejections.TryGetValue(sha256, out var reason)) return new() { Outcome = ImageOutcome.Rejected, Rejection = reason };
        if (Hex(SHA256.HashData(image.Content.Span)) != sha256) return new() { Outcome = ImageOutcome.Rejected, Rejection = "not what its digest says" };
        _embeddings[sha256] = true;
        return new() { Outcome = ImageOutcome.Encoded };
    }

    // Each template has a strength; an image is classified rightly where its own number is below it. What one of
    // several knows, all of them know.
    private Score ScoreOf(string template, PutImageSetRequest set, bool outcomes)
    {
        var templates = template.Split('\n');
        var strength = 0.25 + 0.7 * templates.Max(one => Number(one, Taste + "strength"));
        var score = new Score { PromptTokens = template.Split(' ', '\n').Length };
        var images = new int[set.ClassCount];
        var correct = new int[set.ClassCount];
        double loss = 0;
        for (var i = 0; i < set.Sha256S.Count; i++)
        {
            var label = set.Labels[i];
            var own = templates.Min(one => Number(one, Taste + Hex(set.Sha256S[i].Span)));
            var right = own < strength;
            images[label]++;
            if (right) correct[label]++;
            loss += 2 - strength + own;
            if (outcomes) score.Outcomes.Add(new ImageScore { Predicted = right ? label : (label + 1) % set.ClassCount, Loss = (float)own, TopProbability = (float)Math.Max(1 - own, 0.1) });
        }
        score.Accuracy = (double)correct.Sum() / set.Sha256S.Count;
        score.Loss = loss / set.Sha256S.Count;
        score.ClassImages.AddRange(images);
        score.ClassCorrect.AddRange(correct);
        return score;
    }

    private static double Number(string a, string b) => BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(a + "\n" + b))) / (double)uint.MaxValue;

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
