namespace Ipo.ClipScorer.Embeddings;

/// <summary>One caller's images on their way through the encoder.</summary>
internal sealed class EncodingWork(EmbeddingBatch batch, int images, CancellationToken cancellation)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = images;

    public EmbeddingBatch Batch { get; } = batch;

    /// <summary>Set when the caller has gone; its images are dropped wherever they are.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Ends when every image has its answer, or with the fault of the first that failed.</summary>
    public Task Done => _done.Task;

    public void Finish()
    {
        if (Interlocked.Decrement(ref _open) == 0) _done.TrySetResult();
    }

    public void Fail(Exception fault) => _done.TrySetException(fault);
}

/// <summary>One image of a caller. Each of its endings is called once; those that end
/// it without pixels return false.</summary>
internal readonly record struct EncodingJob(EncodingWork Work, int Image)
{
    public ReadOnlyMemory<byte> Content => Work.Batch.Content(Image);

    public void Encoded(ReadOnlySpan<float> embedding)
    {
        embedding.CopyTo(Work.Batch.Embedding(Image));
        Work.Batch.Encoded(Image);
        Work.Finish();
    }

    public bool Reject(string reason)
    {
        Work.Batch.Reject(Image, reason);
        return Finish();
    }

    public bool Fail(Exception fault)
    {
        Work.Fail(fault);
        return false;
    }

    public bool Finish()
    {
        Work.Finish();
        return false;
    }
}
