using System.Diagnostics.Metrics;
using Ipo.Providers;

namespace Ipo.Captioner;

/// <summary>Counts descriptions by where they came from. What providers were asked and cost, Ipo.Providers
/// counts.</summary>
internal sealed class CaptionerMetrics : IDisposable
{
    private readonly Meter meter;
    private readonly Counter<long> described;

    public CaptionerMetrics(IMeterFactory meters)
    {
        meter = meters.Create("Ipo.Captioner");
        described = meter.CreateCounter<long>(
            "ipo.captioner.described", "{image}", "Images described, by the source of the answer: provider, shared, memory or redis.");
    }

    /// <summary>Counts one described image.</summary>
    public void Described(AnswerSource source) =>
        described.Add(1, new KeyValuePair<string, object?>("source", source.ToString().ToLowerInvariant()));

    public void Dispose() => meter.Dispose();
}
