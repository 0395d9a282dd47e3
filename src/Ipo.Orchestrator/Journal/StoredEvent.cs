using System.Text.Json;
using System.Text.Json.Serialization;
using Ipo.Optimization.Facts;

namespace Ipo.Orchestrator.Journal;

/// <summary>An event as every journal stores it: JSON with the type's stable name in front. Names of enums are stored,
/// not numbers.</summary>
internal static class StoredEvent
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(), new FiniteDouble(), new FiniteSingle() },
        // A row that lacks a member is torn, not a fact with a zero in it. Members added later are optional and have
        // defaults.
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static readonly Dictionary<Type, string> Names = typeof(RunEvent)
        .GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false)
        .Cast<JsonDerivedTypeAttribute>()
        .ToDictionary(attribute => attribute.DerivedType, attribute => (string)attribute.TypeDiscriminator!);

    /// <summary>The stored name of an event's type.</summary>
    public static string TypeOf(RunEvent happened) => Names[happened.GetType()];

    public static string Write(RunEvent happened) => JsonSerializer.Serialize(happened, Json);

    /// <exception cref="JournalDamagedException">The text is no event that this version knows.</exception>
    public static RunEvent Read(string runId, long version, string type, string text)
    {
        if (!Names.ContainsValue(type))
            throw new JournalDamagedException(
                $"Event {version} of run {runId} is a '{type}', which this version of Ipo does not know; start the newer version that "
                    + "wrote it.");
        try
        {
            var happened = JsonSerializer.Deserialize<RunEvent>(text, Json) ?? throw new JsonException("it is null");
            return TypeOf(happened) == type ? happened : throw new JsonException($"it holds a '{TypeOf(happened)}'");
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new JournalDamagedException(
                $"Event {version} of run {runId} ('{type}') cannot be read: {fault.Message} "
                    + JournalDamagedException.Remedy(runId, version - 1), fault);
        }
    }

    // A number beyond what its type holds is read as infinite, and could not be written again.
    private static JsonException TooLarge => new("a number is too large");

    private sealed class FiniteDouble : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDouble() is var number && double.IsFinite(number) ? number : throw TooLarge;

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }

    private sealed class FiniteSingle : JsonConverter<float>
    {
        public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetSingle() is var number && float.IsFinite(number) ? number : throw TooLarge;

        public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }
}
