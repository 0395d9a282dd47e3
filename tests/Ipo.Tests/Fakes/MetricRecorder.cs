using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Ipo.Tests.Fakes;

/// <summary>Records what one service counts: each measurement as the instrument's name, the value and the tags' values in order.</summary>
internal sealed class MetricRecorder : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<string> measured = new();

    /// <param name="services">The service's container; services of other tests in this process are left out.</param>
    public MetricRecorder(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, recorder) =>
        {
            if (instrument.Meter.Scope == factory) recorder.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured.Enqueue($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}"));
        listener.Start();
    }

    /// <summary>The measurements of one instrument, for instance <c>"1 openai RateLimited"</c>.</summary>
    public IReadOnlyList<string> Of(string instrument) =>
        [.. measured.Where(line => line.StartsWith(instrument + " ", StringComparison.Ordinal)).Select(line => line[(instrument.Length + 1)..])];

    public void Dispose() => listener.Dispose();
}
