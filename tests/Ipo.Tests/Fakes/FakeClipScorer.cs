using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Ipo.V1;

namespace Ipo.Tests.Fakes;

/// <summary>A scorer whose texts are bags of words and whose images are texts: an image embeds as what it is said to show.</summary>
internal sealed class FakeClipScorer : ClipScorerService.ClipScorerServiceClient
{
    // So many that the words' directions hardly touch.
    private const int Dimension = 768;

    private static readonly ConcurrentDictionary<string, float[]> Words = new(StringComparer.Ordinal);

    private readonly Dictionary<ByteString, string> shown = [];
    private readonly HashSet<ByteString> known = [];

    /// <summary>The digest of the checkpoint.</summary>
    public string Digest { get; set; } = new('a', 64);

    /// <summary>What every call fails with, or null.</summary>
    public StatusCode? Fault { get; set; }

    /// <summary>Why images are rejected, or null.</summary>
    public string? Rejection { get; set; }

    /// <summary>Names of the calls so far; an image sent with its bytes counts as "EmbedImages+".</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Says what an image file shows.</summary>
    public void Show(byte[] file, string words) => shown[ByteString.CopyFrom(SHA256.HashData(file))] = words;

    public override AsyncUnaryCall<GetModelResponse> GetModelAsync(GetModelRequest request, CallOptions options) =>
        Answer("GetModel", () => new GetModelResponse { Model = new Model { Name = "fake-clip", Digest = Digest, EmbeddingDimension = Dimension } });

    public override AsyncUnaryCall<EmbedTextsResponse> EmbedTextsAsync(EmbedTextsRequest request, CallOptions options) =>
        Answer("EmbedTexts", () => new EmbedTextsResponse { Embeddings = { request.Texts.Select(Embed) } });

    public override AsyncUnaryCall<EmbedImagesResponse> EmbedImagesAsync(EmbedImagesRequest request, CallOptions options) =>
        Answer(request.Images.Any(image => !image.Content.IsEmpty) ? "EmbedImages+" : "EmbedImages", () => new EmbedImagesResponse { Embeddings = { request.Images.Select(Embed) } });

    private ImageEmbedding Embed(Image image)
    {
        if (Rejection is not null) return new ImageEmbedding { Outcome = ImageOutcome.Rejected, Rejection = Rejection };
        if (image.Content.IsEmpty && !known.Contains(image.Sha256)) return new ImageEmbedding { Outcome = ImageOutcome.ContentNeeded };
        known.Add(image.Sha256);
        return new ImageEmbedding { Outcome = ImageOutcome.Encoded, Embedding = Embed(shown[image.Sha256]) };
    }

    private static ByteString Embed(string text)
    {
        var sum = new float[Dimension];
        foreach (var word in text.Split([' ', '.', ','], StringSplitOptions.RemoveEmptyEntries))
            for (var at = 0; at < Dimension; at++) sum[at] += Words.GetOrAdd(word, Direction)[at];
        var length = MathF.Sqrt(sum.Sum(value => value * value));
        return ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(sum.Select(value => value / length).ToArray()));
    }

    private static float[] Direction(string word)
    {
        var random = new Random(BitConverter.ToInt32(SHA256.HashData(MemoryMarshal.AsBytes(word.AsSpan()))));
        return [.. Enumerable.Range(0, Dimension).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private AsyncUnaryCall<T> Answer<T>(string call, Func<T> answer)
    {
        lock (Calls) Calls.Add(call);
        var response = Fault is { } fault ? Task.FromException<T>(new RpcException(new Status(fault, "as told"))) : Task.FromResult(answer());
        return new(response, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }
}
