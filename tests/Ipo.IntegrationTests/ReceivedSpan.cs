using System.Text.Json;

namespace Ipo.IntegrationTests;

/// <summary>A span as the dashboard received it.</summary>
public sealed record ReceivedSpan(string Service, string TraceId, string SpanId, string ParentId, string Name)
{
    /// <summary>Reads spans out of the dashboard's answer, which holds OTLP's <c>resourceSpans</c>.</summary>
    public static IReadOnlyList<ReceivedSpan> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. from resource in document.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               let service = Attribute(resource.GetProperty("resource"), "service.name")
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new ReceivedSpan(service, Text(span, "traceId"), Text(span, "spanId"), Text(span, "parentSpanId"), Text(span, "name")),
        ];
    }

    private static string Attribute(JsonElement resource, string key) =>
        resource.GetProperty("attributes").EnumerateArray().First(one => one.GetProperty("key").GetString() == key).GetProperty("value").GetProperty("stringValue").GetString()!;

    private static string Text(JsonElement span, string name) => span.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
