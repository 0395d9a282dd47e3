using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ipo.Optimization;

/// <summary>The stored form of an event: one line of JSON, with its type first and every name as declared.</summary>
public static class RunEventJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        // A journal is read by people too; it never stands inside HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // PostgreSQL's jsonb orders members its own way.
        AllowOutOfOrderMetadataProperties = true,
    };

    /// <summary>Writes an event.</summary>
    public static string Write(RunEvent happened) => JsonSerializer.Serialize(happened, Options);

    /// <summary>Reads an event.</summary>
    /// <exception cref="JsonException">It is none, or of a type that this version does not know.</exception>
    public static RunEvent Read(string json) =>
        JsonSerializer.Deserialize<RunEvent>(json, Options) ?? throw new JsonException("The event is null.");
}
