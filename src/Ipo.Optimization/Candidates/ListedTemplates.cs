using System.Text;
using System.Text.Json;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Candidates;

/// <summary>Templates of an answer without tags: many models list their candidates in a form of their own. Prose is
/// none, even where it names the class.</summary>
internal static class ListedTemplates
{
    private const int MostDepth = 8;

    // Brackets stand in prose too.
    private const int MostStarts = 16;

    /// <summary>The entries that hold the class, in the answer's order: of a JSON array; else lines that are numbered,
    /// bulleted, quoted or fenced.</summary>
    public static IEnumerable<string> In(string text) => InJson(text) is { Count: > 0 } strings ? strings : InLines(text);

    private static List<string> InJson(string text)
    {
        var start = -1;
        for (var tries = 0; tries < MostStarts && (start = text.IndexOfAny(['[', '{'], start + 1)) >= 0; tries++)
        {
            try
            {
                // The first value from there on; what follows it may be prose again.
                var reader = new Utf8JsonReader(
                    Encoding.UTF8.GetBytes(text[start..]), new() { AllowTrailingCommas = true, MaxDepth = MostDepth });
                using var json = JsonDocument.ParseValue(ref reader);
                var found = Strings(json.RootElement).Where(ModelText.HasClass).Select(ModelText.Plain).Where(HasWords).ToList();
                if (found.Count > 0) return found;
            }
            // No JSON. The second: half a surrogate pair in a string.
            catch (Exception other) when (other is JsonException or InvalidOperationException) { continue; }
        }
        return [];
    }

    // "{}" stands in much JSON that is no list of templates, for instance in the call of a tool.
    private static bool HasWords(string plain) =>
        plain.Replace(PromptTemplate.ClassToken, "", StringComparison.Ordinal).Any(char.IsLetter);

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Strings(member.Value)),
        _ => [],
    };

    private static IEnumerable<string> InLines(string text)
    {
        var isFenced = false;
        foreach (var line in text.Split('\n').Select(line => line.Trim().Trim('\uFEFF')))
        {
            if (line.StartsWith("```", StringComparison.Ordinal) && line.IndexOf("```", 3, StringComparison.Ordinal) < 0)
            {
                isFenced = !isFenced;
                continue;
            }
            if (!ModelText.HasClass(line)) continue;
            // Marks and quotes that Plain takes away make a line an entry.
            var plain = ModelText.Plain(line);
            if (isFenced || ModelText.ListMark().IsMatch(line) || IsQuoted(line, plain)) yield return plain;
        }
    }

    private static bool IsQuoted(string line, string plain) => plain.Length > 0 && !char.IsLetterOrDigit(line[0]) && line[0] != plain[0];
}
