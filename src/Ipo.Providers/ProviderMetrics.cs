using System.Diagnostics.Metrics;
using Ipo.V1;

namespace Ipo.Providers;

/// <summary>Counts what is asked of providers and what it costs. Every call counts once, also those that the embedded
/// ones answer.</summary>
public sealed class ProviderMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Ipo.Providers";

    private readonly Meter meter;
    private readonly Counter<long> calls;
    private readonly Counter<long> tokens;
    private readonly Counter<long> cost;
    private readonly Histogram<double> latency;

    public ProviderMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        calls = meter.CreateCounter<long>("ipo.provider.calls", "{call}", "Calls to providers, by outcome: ok or the kind of failure.");
        tokens = meter.CreateCounter<long>("ipo.provider.tokens", "{token}", "Tokens that providers counted, by direction.");
        cost = meter.CreateCounter<long>("ipo.provider.cost", "{microdollar}", "Money for calls, in millionths of a US dollar.");
        latency = meter.CreateHistogram<double>("ipo.provider.latency", "s", "Time from a request to the end of its answer.", tags: null,
            advice: new() { HistogramBucketBoundaries = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] });
    }

    /// <summary>Counts one call.</summary>
    /// <param name="provider">The provider's name, for instance "openai".</param>
    /// <param name="usage">What the call consumed.</param>
    /// <param name="failure">What went wrong, or null.</param>
    public void Called(string provider, Usage usage, ProviderFailure? failure)
    {
        var name = new KeyValuePair<string, object?>("provider", provider);
        calls.Add(1, name, new("outcome", failure?.Kind.ToString() ?? "ok"));
        tokens.Add(usage.InputTokens, name, new("direction", "input"));
        tokens.Add(usage.OutputTokens, name, new("direction", "output"));
        cost.Add(usage.CostMicroUsd, name);
        if (usage.Latency is { } time) latency.Record(time.ToTimeSpan().TotalSeconds, name);
    }

    public void Dispose() => meter.Dispose();
}
