using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>What became of one image of a batch.</summary>
internal enum EmbeddingOutcome
{
    /// <summary>Nobody has answered for it yet.</summary>
    Pending,

    /// <summary>The embedding was in memory or in Redis.</summary>
    Cached,

    /// <summary>The image was decoded and encoded.</summary>
    Encoded,

    /// <summary>The embedding is unknown and the batch holds no content.</summary>
    ContentNeeded,

    /// <summary>The content cannot be used; <see cref="EmbeddingBatch.Rejection"/> says why.</summary>
    Rejected,
}

/// <summary>Images on their way through the caches to the encoder. Each stage answers for the pending ones it can and
/// hands the same batch on, so embeddings are written once, into the matrix that is used.</summary>
internal sealed class EmbeddingBatch
{
    private readonly ImageDigest[] _digests;
    private readonly ReadOnlyMemory<byte>[]? _contents;
    private readonly int[] _outcomes; // written behind the embedding: a caller that has gone may still read what there is
    private readonly string?[] _rejections;

    /// <param name="dimension">Length of an embedding.</param>
    /// <param name="digests">The images.</param>
    /// <param name="contents">For each image its file, empty where only the
    /// digest is known; null where none is.</param>
    public EmbeddingBatch(int dimension, ImageDigest[] digests, ReadOnlyMemory<byte>[]? contents = null)
    {
        if (contents is not null) ArgumentOutOfRangeException.ThrowIfNotEqual(contents.Length, digests.Length);
        (Dimension, _digests, _contents) = (dimension, digests, contents);
        _outcomes = new int[digests.Length];
        _rejections = new string?[contents is null ? 0 : digests.Length];
        Matrix = new float[checked(digests.Length * dimension)];
    }

    public int Count => _digests.Length;

    /// <summary>Length of an embedding.</summary>
    public int Dimension { get; }

    /// <summary>[images, dimension]; zeros where there is no embedding.</summary>
    public float[] Matrix { get; }

    public ImageDigest Digest(int image) => _digests[image];

    /// <summary>The file; empty where only the digest is known.</summary>
    public ReadOnlyMemory<byte> Content(int image) => _contents is null ? default : _contents[image];

    public Span<float> Embedding(int image) => Matrix.AsSpan(image * Dimension, Dimension);

    public EmbeddingOutcome Outcome(int image) => (EmbeddingOutcome)Volatile.Read(ref _outcomes[image]);

    /// <summary>Why an image was rejected, as one sentence; empty otherwise.</summary>
    public string Rejection(int image) => Outcome(image) == EmbeddingOutcome.Rejected ? _rejections[image]! : "";

    /// <summary>Positions that nobody has answered for yet.</summary>
    public int[] Pending() => [.. Enumerable.Range(0, Count).Where(image => Outcome(image) == EmbeddingOutcome.Pending)];

    /// <summary>Answers for an image whose embedding has been written.</summary>
    public void Found(int image) => Answer(image, EmbeddingOutcome.Cached);

    /// <inheritdoc cref="Found"/>
    public void Encoded(int image) => Answer(image, EmbeddingOutcome.Encoded);

    public void NeedContent(int image) => Answer(image, EmbeddingOutcome.ContentNeeded);

    public void Reject(int image, string reason)
    {
        _rejections[image] = reason;
        Answer(image, EmbeddingOutcome.Rejected);
    }

    /// <summary>Gives an image the answer of another one with the same content.</summary>
    public void Repeat(int image, int same)
    {
        Embedding(same).CopyTo(Embedding(image));
        _rejections[image] = _rejections[same];
        Answer(image, Outcome(same));
    }

    private void Answer(int image, EmbeddingOutcome outcome) => Volatile.Write(ref _outcomes[image], (int)outcome);
}
