using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ipo.Samples.Datasets;

/// <summary>How the program writes JSON: camel case, text as it is, one line or many.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by JSON readers only, never put into a page
    };

    private static readonly JsonSerializerOptions Pretty = new(OneLine) { WriteIndented = true, NewLine = "\n" };

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, OneLine);

    public static string Page<T>(T value) => JsonSerializer.Serialize(value, Pretty) + "\n";

    public static T? Read<T>(string text) => JsonSerializer.Deserialize<T>(text, OneLine);
}
