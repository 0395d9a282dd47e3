using System.Collections.Concurrent;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Clients;
using Ipo.ServiceDefaults;
using Xunit;

namespace Ipo.Tests.Orchestrator.Clients;

public sealed class SpreadScoringTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public async Task Results_stand_in_the_order_of_the_pieces_whatever_order_they_come_in(int replicas)
    {
        var spread = new SpreadScoring(new Replicas { Ready = replicas });
        var (now, most) = (0, 0);
        var results = await spread.DoAsync(50, "run", async (number, _, stop) =>
        {
            lock (spread) most = Math.Max(most, ++now);
            await Task.Delay((number * 7) % 11, stop);
            lock (spread) now--;
            return number;
        }, Cancellation);
        Assert.Equal(Enumerable.Range(0, 50), results);
        Assert.InRange(most, 1, 2 * replicas);
    }

    [Fact]
    public async Task A_piece_that_hangs_is_done_on_a_second_replica_and_both_of_its_places_are_free_again()
    {
        var spread = new SpreadScoring(new Replicas { Ready = 2 });
        var tries = new ConcurrentQueue<(int Piece, string Avoided)>();
        var results = await spread.DoAsync(10, "run", async (number, choice, stop) =>
        {
            tries.Enqueue((number, string.Join(' ', choice.Avoided)));
            choice.Taken = choice.Avoided.Contains("hanging:1") || number != 3 ? "quick:1" : "hanging:1";
            if (choice.Taken == "hanging:1") await Task.Delay(Timeout.Infinite, stop);
            return number;
        }, Cancellation);
        Assert.Equal(Enumerable.Range(0, 10), results);
        Assert.Equal([(3, ""), (3, "hanging:1")], tries.Where(one => one.Piece == 3));
        // All places are free: as many pieces as there are meet.
        var all = new TaskCompletionSource();
        var inside = 0;
        await spread.DoAsync(4, "run", async (number, _, _) =>
        {
            if (Interlocked.Increment(ref inside) == 4) all.SetResult();
            await all.Task;
            return number;
        }, Cancellation);
    }

    [Fact]
    public async Task One_that_fails_ends_all_others()
    {
        var spread = new SpreadScoring(new Replicas { Ready = 2 });
        var ended = 0;
        var failed = await Assert.ThrowsAsync<InvalidDataException>(() => spread.DoAsync(40, "run", async (number, _, stop) =>
        {
            if (number == 2) throw new InvalidDataException("two");
            try { await Task.Delay(Timeout.Infinite, stop); }
            finally { Interlocked.Increment(ref ended); }
            return number;
        }, Cancellation));
        Assert.Equal("two", failed.Message);
        Assert.InRange(ended, 2, 3); // of those that had begun
    }

    [Fact]
    public async Task Whoever_cancels_ends_it()
    {
        var spread = new SpreadScoring(new Replicas { Ready = 2 });
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var doing = spread.DoAsync(40, "run", async (number, _, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return number;
        }, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => doing);
    }

    [Fact]
    public async Task A_replica_more_is_used_at_once()
    {
        var replicas = new Replicas { Ready = 1 };
        var spread = new SpreadScoring(replicas);
        var all = new TaskCompletionSource();
        var inside = 0;
        var doing = spread.DoAsync(6, "run", async (number, _, _) =>
        {
            if (Interlocked.Increment(ref inside) == 6) all.SetResult();
            await all.Task;
            return number;
        }, Cancellation);
        Assert.Equal(2, inside);
        replicas.Ready = 3;
        await doing;
    }

    [Fact]
    public async Task A_tenant_of_one_piece_does_not_wait_for_anothers_hundred()
    {
        var spread = new SpreadScoring(new Replicas { Ready = 1 });
        var order = new ConcurrentQueue<string>();
        var gate = new TaskCompletionSource();
        var large = DoAsync("large", 100);
        var small = DoAsync("small", 1);
        gate.SetResult();
        await Task.WhenAll(large, small);
        // The third or fourth in turn; on a busy machine it may begin a little after its turn.
        Assert.InRange(order.ToList().IndexOf("small"), 0, 40);

        async Task DoAsync(string tenant, int count)
        {
            using var _ = Tenant.Enter(tenant);
            await spread.DoAsync(count, "run", async (number, _, _) =>
            {
                await gate.Task;
                order.Enqueue(tenant);
                await Task.Delay(20, Cancellation);
                return number;
            }, Cancellation);
        }
    }
}
