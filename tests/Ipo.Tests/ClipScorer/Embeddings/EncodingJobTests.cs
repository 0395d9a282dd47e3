using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

public sealed class EncodingJobTests
{
    private static EncodingWork Work(int images) =>
        new(new EmbeddingBatch(2, [.. Enumerable.Range(0, images).Select(i => ImageDigest.Of([(byte)i]))], [.. Enumerable.Range(0, images).Select(_ => ReadOnlyMemory<byte>.Empty)]), images, CancellationToken.None);

    [Fact]
    public void Work_is_done_when_every_image_has_its_answer()
    {
        var work = Work(2);
        new EncodingJob(work, 0).Encoded([0.6f, 0.8f]);
        Assert.False(work.Done.IsCompleted);
        new EncodingJob(work, 1).Reject("It is no image.");
        Assert.True(work.Done.IsCompletedSuccessfully);
        Assert.Equal((EmbeddingOutcome.Encoded, EmbeddingOutcome.Rejected), (work.Batch.Outcome(0), work.Batch.Outcome(1)));
        Assert.Equal([0.6f, 0.8f, 0, 0], work.Batch.Matrix);
        Assert.Equal(("", "It is no image."), (work.Batch.Rejection(0), work.Batch.Rejection(1)));
    }

    [Fact]
    public async Task The_first_fault_ends_the_work()
    {
        var work = Work(2);
        new EncodingJob(work, 0).Fail(new InvalidOperationException("first"));
        new EncodingJob(work, 1).Finish();
        Assert.Equal("first", (await Assert.ThrowsAsync<InvalidOperationException>(() => work.Done)).Message);
    }

    [Fact]
    public void Shared_work_is_stopped_only_when_the_last_caller_has_gone()
    {
        using CancellationTokenSource one = new(), two = new();
        using var wanted = new SharedCancellation([one.Token, two.Token, one.Token]);
        one.Cancel();
        Assert.False(wanted.Token.IsCancellationRequested);
        two.Cancel();
        Assert.True(wanted.Token.IsCancellationRequested);
        using var forGood = new SharedCancellation([one.Token, CancellationToken.None]);
        Assert.False(forGood.Token.IsCancellationRequested);
        using var gone = new SharedCancellation([one.Token]);
        Assert.True(gone.Token.IsCancellationRequested);
    }
}
