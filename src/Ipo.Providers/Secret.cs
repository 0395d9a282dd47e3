using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ipo.Providers;

/// <summary>A key that can be configured like any string and shown like none: text, JSON, the debugger and a log's
/// destructuring all see <c>***</c>. Only <see cref="Reveal"/> gives it out, and only the code that sends it calls
/// that.</summary>
[TypeConverter(typeof(FromConfiguration))]
[JsonConverter(typeof(AsStars))]
[DebuggerDisplay("***")]
public sealed class Secret(string? value)
{
    /// <summary>No key.</summary>
    public static Secret None { get; } = new(null);

    // A field and no property: whatever walks properties (options dumps, structured logs) does not find it.
    private readonly string value = value?.Trim() ?? "";

    /// <summary>Whether there is a key at all; an empty or blank setting is none.</summary>
    public bool IsSet => value.Length > 0;

    /// <summary>The key itself, for the one header that carries it.</summary>
    public string Reveal() => value;

    /// <summary>Whether a text gives away the key or a recognisable piece of it: providers like to quote keys in part
    /// ("Incorrect API key provided: sk-abcdef***").</summary>
    public bool IsIn(string text)
    {
        const int Recognisable = 8;
        if (!IsSet) return false;
        if (value.Length <= Recognisable) return text.Contains(value, StringComparison.Ordinal);
        for (var at = 0; at + Recognisable <= value.Length; at++)
            if (text.AsSpan().Contains(value.AsSpan(at, Recognisable), StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>Never the key.</summary>
    public override string ToString() => IsSet ? "***" : "";

    private sealed class FromConfiguration : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            new Secret((string)value);
    }

    private sealed class AsStars : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString());

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
