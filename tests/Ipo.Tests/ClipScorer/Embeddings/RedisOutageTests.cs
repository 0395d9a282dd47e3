using System.Diagnostics.Metrics;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Metrics;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

public sealed class RedisOutageTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _log = new();
    private readonly RedisOutage _outage;

    public RedisOutageTests() => _outage = new(TimeSpan.FromSeconds(5), _time, Metrics(), _log);

    [Fact]
    public void After_a_failure_one_caller_per_pause_tries_again()
    {
        Assert.True(_outage.Allows());
        _outage.Failed("gone");
        Assert.False(_outage.Allows());
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_outage.Allows());
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(_outage.Allows());
        Assert.False(_outage.Allows());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_outage.Allows());
        _outage.Failed("still gone");
        Assert.False(_outage.Allows());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_outage.Allows());
        _outage.Worked();
        Assert.True(_outage.Allows());
        Assert.True(_outage.Allows());
    }

    [Fact]
    public void An_outage_is_logged_once_however_often_it_fails_and_again_when_it_is_over()
    {
        for (var i = 0; i < 3; i++) _outage.Failed("gone");
        _time.Advance(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 3; i++) _outage.Worked();
        Assert.Equal(["Warning: Redis does not work (gone)", "Information: Redis answers again after 20 s"], _log.Written.Select(line => line.Split(';')[0]));
        _outage.Failed("gone again");
        Assert.Equal(3, _log.Written.Count);
    }

    [Fact]
    public void A_reason_that_is_learnt_later_is_told_once_more()
    {
        foreach (var reason in new[] { RedisFault.NoConnection, RedisFault.NoConnection, "NOAUTH", "timeout", RedisFault.NoConnection }) _outage.Failed(reason);

        Assert.Equal(
            ["Warning: Redis does not work (no connection)", "Warning: Redis does not work (NOAUTH)"],
            _log.Written.Select(line => line.Split(';')[0]));
    }

    internal static ClipScorerMetrics Metrics() => new(new Meters());

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose() { }
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
