using System.Text.Encodings.Web;
using System.Text.Json;
using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>A template, or all of an ensemble, in the JSON that other tools read.</summary>
internal static class TemplateFiles
{
    // Names of classes are of all languages; the file is no web page.
    private static readonly JsonSerializerOptions Json =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A list of what <c>build_zero_shot_classifier</c> calls "format() friendly strings"
    /// (mlfoundations/open_clip, src/open_clip/zero_shot_classifier.py at 67bfcaa): it calls <c>template.format(name)</c>.</summary>
    public static byte[] OpenClip(PromptSet winner) => Write(Formats(winner, "{}"));

    /// <summary>From dataset to templates, as LAION-AI/CLIP_benchmark's
    /// clip_benchmark/datasets/en_zeroshot_classification_templates.json at 374d11f; its zeroshot_classification.py calls
    /// <c>template.format(c=name)</c>.</summary>
    public static byte[] ClipBenchmark(string dataset, PromptSet winner) =>
        Write(new Dictionary<string, string[]> { [dataset] = Formats(winner, "{c}") });

    /// <summary>From class name to whole prompts, as sarahpratt/CuPL's classify_imagenet.py at 3d3695b looks them up. Classes of the
    /// same name have the same prompts, so one entry serves them all.</summary>
    public static byte[] Cupl(PromptSet winner, IEnumerable<string> classNames) =>
        Write(classNames.Distinct().ToDictionary(name => name, name => winner.PromptsOf(name).ToArray()));

    /// <summary>Class names in order, to stand beside weights.</summary>
    public static byte[] ClassNames(IReadOnlyList<string> classNames) => Write(classNames);

    // Python's str.format takes single braces for fields.
    private static string[] Formats(PromptSet winner, string field) => [.. winner.Templates.Select(template =>
        template.Text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)
            .Replace(PromptTemplate.ClassToken, field, StringComparison.Ordinal))];

    private static byte[] Write<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Json), (byte)'\n'];
}
