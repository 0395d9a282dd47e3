using System.Diagnostics.Metrics;
using Ipo.Captioner;
using Ipo.ClipScorer.Metrics;
using Ipo.Orchestrator.Runs;
using Ipo.Providers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests;

public sealed class MetricNamesTests
{
    [Fact]
    public void No_name_means_two_things_and_every_histogram_has_buckets_of_its_own()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var found = new List<Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => { if (ReferenceEquals(instrument.Meter.Scope, meters)) found.Add(instrument); } };
        listener.Start();

        using var providers = new ProviderMetrics(meters);
        _ = new RunMetrics(meters);
        _ = new ClipScorerMetrics(meters);
        _ = new CaptionerMetrics(meters);

        Assert.Equal(4, found.Select(instrument => instrument.Meter.Name).Distinct().Count());
        Assert.Equal(found.Select(instrument => instrument.Name).Distinct().Order(StringComparer.Ordinal), found.Select(instrument => instrument.Name).Order(StringComparer.Ordinal));
        // OpenTelemetry's own buckets are made for milliseconds.
        Assert.All(found.OfType<Histogram<double>>(), histogram => Assert.NotNull(histogram.Advice?.HistogramBucketBoundaries));
    }
}
