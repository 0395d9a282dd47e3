using CsCheck;
using Ipo.Orchestrator.Clients;
using Xunit;

namespace Ipo.Tests.Orchestrator.Clients;

public sealed class FairSlotsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_work_of_many_pieces_does_not_keep_another_one_waiting()
    {
        var slots = new FairSlots(() => 1);
        var first = await slots.EnterAsync("a", "large", Cancellation);
        var order = new List<string>();
        string[] works = ["large", "large", "large", "small", "large"];
        var waiting = works.Select(work => OneAsync("a", work)).ToList();
        first.Dispose();
        await Task.WhenAll(waiting);
        Assert.Equal(["large", "small"], order.Take(2).Order());
        return;

        async Task OneAsync(string tenant, string work)
        {
            using var slot = await slots.EnterAsync(tenant, work, Cancellation);
            lock (order) order.Add(work);
        }
    }

    [Fact]
    public void Tenants_share_evenly_whatever_number_of_works_each_has() => Gen.Select(Gen.Int[1, 6], Gen.Int[1, 30], Gen.Int[2, 6]).Sample((places, works, tenants) =>
    {
        var open = 0;
        var slots = new FairSlots(() => Volatile.Read(ref open));
        // The first tenant has many works and comes first; each of the others has one of as many pieces.
        var pieces = places * tenants;
        var waiting = (from work in Enumerable.Range(0, works) from _ in Enumerable.Range(0, pieces) select ("t0", $"w{work}"))
            .Concat(from tenant in Enumerable.Range(1, tenants - 1) from _ in Enumerable.Range(0, pieces) select ($"t{tenant}", "w"))
            .Select(one => (Tenant: one.Item1, Entering: slots.EnterAsync(one.Item1, one.Item2, CancellationToken.None))).ToList();
        Assert.All(waiting, one => Assert.False(one.Entering.IsCompleted));
        open = pieces;
        slots.Look();
        Assert.True(SpinWait.SpinUntil(() => waiting.Count(one => one.Entering.IsCompleted) >= pieces, TimeSpan.FromSeconds(30)));
        var taken = waiting.Where(one => one.Entering.IsCompleted).CountBy(one => one.Tenant).ToDictionary();
        Assert.Equal(pieces, taken.Values.Sum());
        Assert.All(Enumerable.Range(0, tenants), tenant => Assert.Equal(places, taken[$"t{tenant}"]));
    }, iter: 30);

    [Fact]
    public async Task There_are_never_more_than_there_are_places_and_none_is_lost()
    {
        var slots = new FairSlots(() => 3);
        var (now, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(async () =>
        {
            // A third gives up, at whatever moment that is.
            using var gives = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            if (number % 3 == 0) gives.CancelAfter(number % 7);
            try
            {
                using var slot = await slots.EnterAsync($"t{number % 4}", $"w{number % 10}", gives.Token);
                lock (slots) most = Math.Max(most, ++now);
                await Task.Yield();
                lock (slots) now--;
            }
            catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested) { }
        }, Cancellation)));
        Assert.InRange(most, 1, 3);
        Slot?[] all = [slots.TryEnter("t", "w"), slots.TryEnter("t", "w"), slots.TryEnter("t", "w"), slots.TryEnter("t", "w")];
        Assert.Equal(3, all.Count(slot => slot is not null));
    }
}
