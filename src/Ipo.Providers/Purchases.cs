using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;

namespace Ipo.Providers;

/// <summary>Who waits for an answer that is being bought.</summary>
public enum Buyer
{
    /// <summary>The one who asked for it.</summary>
    First,

    /// <summary>The same call, made again because its connection was lost: it was counted already, what it costs was
    /// not.</summary>
    Again,

    /// <summary>Another one with the same question at the same time; what it costs is somebody else's.</summary>
    Other,
}

/// <summary>Buys each answer once and to the end: whoever wants the same at the same time shares it, it is not given up when its
/// caller has gone, and a service that is told to stop waits for those that are under way.</summary>
public sealed class Purchases<T> : IHostedService
{
    private readonly ConcurrentDictionary<string, Purchase> underWay = new(StringComparer.Ordinal);

    /// <summary>Asks, or waits for the one who asks.</summary>
    /// <param name="key">Of the question.</param>
    /// <param name="callId">Of the call; empty where the caller books nothing.</param>
    /// <param name="ask">Asks, and keeps what came.</param>
    /// <param name="cancel">Gives up waiting, not the purchase.</param>
    public async Task<(T Answer, Buyer Buyer)> AskAsync(string key, string callId, Func<Task<T>> ask, CancellationToken cancel)
    {
        var mine = new Purchase(callId, () => BuyAsync(key, ask));
        var purchase = underWay.GetOrAdd(key, mine);
        var answer = await purchase.Answer.WaitAsync(cancel);
        // What it costs is booked once: by the first who still waits.
        if (!purchase.Take()) return (answer, Buyer.Other);
        return (answer, purchase != mine && callId.Length > 0 && callId == purchase.CallId ? Buyer.Again : Buyer.First);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // What became of them is told to those who wait for them.
        foreach (var purchase in underWay.Values)
            await ((Task)purchase.Answer.WaitAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<T> BuyAsync(string key, Func<Task<T>> ask)
    {
        try { return await ask(); }
        finally { underWay.TryRemove(key, out _); }
    }

    private sealed class Purchase(string callId, Func<Task<T>> buy)
    {
        private readonly Lazy<Task<T>> answer = new(buy);
        private int taken;

        public string CallId => callId;

        public Task<T> Answer => answer.Value;

        public bool Take() => Interlocked.Exchange(ref taken, 1) == 0;
    }
}
