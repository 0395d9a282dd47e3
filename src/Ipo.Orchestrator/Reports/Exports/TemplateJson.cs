using System.Text.Encodings.Web;
using System.Text.Json;
using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>JSON as other tools read it, and templates in it.</summary>
internal static class TemplateJson
{
    // Names of classes are of all languages; the file is no web page.
    private static readonly JsonSerializerOptions Json =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Python's str.format takes single braces for fields.
    /// <summary>All templates of a winner, with a field of Python's in the place of the class.</summary>
    public static string[] Formats(PromptSet winner, string field) => [.. winner.Templates.Select(template =>
        template.Text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)
            .Replace(PromptTemplate.ClassToken, field, StringComparison.Ordinal))];

    /// <summary>A value as a file.</summary>
    public static byte[] Write<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Json), (byte)'\n'];
}
