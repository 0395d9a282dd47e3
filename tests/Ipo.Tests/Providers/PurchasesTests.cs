using Ipo.Providers;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class PurchasesTests
{
    private readonly Purchases<string> _purchases = new();
    private readonly TaskCompletionSource<string> _answer = new();
    private int _bought;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_is_made_again_while_its_answer_is_bought_gets_it_and_its_costs()
    {
        using var lost = new CancellationTokenSource();
        var first = AskAsync("call", lost.Token);
        await lost.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var again = AskAsync("call");
        _answer.SetResult("answer");
        Assert.Equal(("answer", Buyer.Again), await again);
        Assert.Equal(1, _bought);
    }

    [Fact]
    public async Task Of_those_who_share_an_answer_one_books_what_it_costs()
    {
        var all = Enumerable.Range(0, 20).Select(call => AskAsync($"call {call}")).ToList();
        _answer.SetResult("answer");
        Assert.Single(await Task.WhenAll(all), told => told.Buyer is Buyer.First);
        Assert.Equal(1, _bought);
    }

    [Fact]
    public async Task Somebody_else_books_it_where_the_one_who_asked_has_gone()
    {
        using var gone = new CancellationTokenSource();
        var first = AskAsync("call", gone.Token);
        var other = AskAsync("other");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _answer.SetResult("answer");
        Assert.Equal(("answer", Buyer.First), await other);
    }

    [Fact]
    public async Task A_fault_is_told_to_all_who_wait_and_the_next_one_asks_anew()
    {
        Task<(string, Buyer)>[] all = [AskAsync("one"), AskAsync("two")];
        _answer.SetException(new IOException("broken"));
        foreach (var one in all) Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => one)).Message);
        Assert.Equal(("anew", Buyer.First), await _purchases.AskAsync("key", "three", () => Task.FromResult("anew"), Cancellation));
    }

    [Fact]
    public async Task A_service_that_stops_waits_for_what_is_paid_for_and_no_longer_than_it_may()
    {
        var asking = AskAsync("call");
        var stopping = _purchases.StopAsync(Cancellation);
        using var impatient = new CancellationTokenSource();
        var brief = _purchases.StopAsync(impatient.Token);
        await impatient.CancelAsync();
        await brief;
        Assert.False(stopping.IsCompleted);

        _answer.SetResult("answer");
        await stopping;
        Assert.Equal(("answer", Buyer.First), await asking);
    }

    private Task<(string Answer, Buyer Buyer)> AskAsync(string callId, CancellationToken? cancellation = null) => _purchases.AskAsync(
        "key", callId, async () =>
        {
            Interlocked.Increment(ref _bought);
            return await _answer.Task;
        }, cancellation ?? Cancellation);
}
