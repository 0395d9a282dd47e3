using System.Globalization;
using Ipo.LocalHosting.Otlp;

namespace Ipo.LocalHosting.Telemetry;

/// <summary>A named value of a span, an event or a measurement, as text.</summary>
internal sealed record Attribute(string Name, string Value);

/// <summary>Turns received values into text of bounded length: whoever sends decides how much there is, we decide how much is kept.</summary>
internal static class Attributes
{
    private const int MostKept = 64;
    private const int LongestText = 2048;

    public static IReadOnlyList<Attribute> Of(IEnumerable<KeyValue> values) =>
        [.. values.Take(MostKept).Select(value => new Attribute(Cut(value.Key), Text(value.Value)))];

    public static string? Find(Resource? resource, string name) =>
        resource?.Attributes.FirstOrDefault(value => value.Key == name) is { } found ? Text(found.Value) : null;

    public static string Text(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => Cut(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.ArrayValue => Cut(string.Join(", ", value.ArrayValue.Values.Take(MostKept).Select(Text))),
        _ => "",
    };

    public static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
