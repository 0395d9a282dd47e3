using System.Diagnostics.Metrics;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed class ModelQueueTests
{
    [Fact]
    public void The_calls_that_are_in_it_are_counted_and_a_refused_one_is_not()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var calls = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name == "ipo.clip_scorer.calls") listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, change, _, _) => calls += change);
        listener.Start();
        using var queue = new ModelQueue(places: 2, new ClipScorerMetrics(meters));

        var first = queue.Enter();
        using (queue.Enter())
        {
            Assert.Throws<QueueFullException>(queue.Enter);
            Assert.Equal(2, calls);
        }
        Assert.Equal(1, calls);
        first.Dispose();
        Assert.Equal(0, calls);
    }
}
