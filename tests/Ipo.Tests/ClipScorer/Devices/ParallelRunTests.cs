using System.Collections.Concurrent;
using Ipo.ClipScorer.Devices;
using Xunit;

namespace Ipo.Tests.ClipScorer.Devices;

public sealed class ParallelRunTests
{
    private static readonly int[] Pieces = [.. Enumerable.Range(0, 50)];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_piece_is_done_once(int atOnce)
    {
        var done = new ConcurrentBag<int>();
        ParallelRun.Run(Pieces, atOnce, done.Add, TestContext.Current.CancellationToken);
        Assert.Equal(Pieces, done.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_piece_s_failure_is_thrown_as_it_was(int atOnce)
    {
        var failure = Assert.Throws<InvalidOperationException>(() =>
            ParallelRun.Run(Pieces, atOnce, piece => { if (piece == 20) throw new InvalidOperationException("piece 20"); }, TestContext.Current.CancellationToken));
        Assert.Equal("piece 20", failure.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Cancelled_work_ends_as_cancelled_and_begins_no_further_piece(int atOnce)
    {
        using var stop = new CancellationTokenSource();
        var begun = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => ParallelRun.Run(Pieces, atOnce, piece =>
        {
            Interlocked.Increment(ref begun);
            if (piece == 20) stop.Cancel();
            // Those beside it wait, so that none of them is done with its piece before the work is cancelled.
            else if (piece > 20) stop.Token.WaitHandle.WaitOne();
        }, stop.Token));
        // Those beside it may have been handed an earlier piece and not have begun it.
        Assert.InRange(begun, 22 - atOnce, 20 + atOnce);
    }
}
