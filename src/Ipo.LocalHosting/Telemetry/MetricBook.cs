using Ipo.LocalHosting.Otlp;

namespace Ipo.LocalHosting.Telemetry;

/// <summary>The last value of one measurement. A histogram has the number of its values and their sum; anything else a value.</summary>
internal sealed record Measurement(string Instance, string Name, string Description, string Unit, IReadOnlyList<Attribute> Attributes, double? Value, double? Sum, ulong? Count);

/// <summary>The last value of every measurement of every process, up to a bound on how many are told apart.</summary>
internal sealed class MetricBook(int most = 2000)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Measurement> _last = [];

    public void Add(ResourceMetrics received)
    {
        var instance = Attributes.Find(received.Resource, "service.instance.id") ?? Attributes.Find(received.Resource, "service.name") ?? "unknown";
        foreach (var metric in received.ScopeMetrics.SelectMany(scope => scope.Metrics))
        {
            foreach (var point in metric.Gauge?.DataPoints ?? metric.Sum?.DataPoints ?? [])
                Keep(metric, instance, Attributes.Of(point.Attributes), point.ValueCase == NumberPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble, null, null);
            foreach (var point in metric.Histogram?.DataPoints ?? [])
                Keep(metric, instance, Attributes.Of(point.Attributes), null, point.Sum, point.Count);
        }
    }

    /// <summary>All of them, by name and process.</summary>
    public IReadOnlyList<Measurement> List()
    {
        lock (_gate) return [.. _last.Values.OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Instance, StringComparer.Ordinal)];
    }

    private void Keep(Metric metric, string instance, IReadOnlyList<Attribute> attributes, double? value, double? sum, ulong? count)
    {
        var key = string.Join('\n', [instance, metric.Name, .. attributes.Select(one => $"{one.Name}={one.Value}")]);
        lock (_gate)
        {
            if (_last.Count >= most && !_last.ContainsKey(key)) return;
            _last[key] = new(instance, Attributes.Cut(metric.Name), Attributes.Cut(metric.Description), Attributes.Cut(metric.Unit), attributes, Finite(value), Finite(sum), count);
        }
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null; // JSON has no NaN
}
