namespace Ipo.ClipScorer.Embeddings;

/// <summary>Answers for images: memory in front of Redis in front of the
/// encoder, each a decorator of the next.</summary>
internal interface IImageEmbeddings
{
    /// <summary>Answers for every pending image of the batch. A stage makes one
    /// inner call for all that it lacks.</summary>
    Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation);
}
