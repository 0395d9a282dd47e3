using System.Text;
using System.Text.Json;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Reports.Exports;
using Xunit;

namespace Ipo.Tests.Orchestrator.Reports.Exports;

public sealed class TemplateFilesTests
{
    [Fact]
    public void Open_clip_reads_a_list_of_format_strings() =>
        Assert.Equal(
            "[\n  \"a photo of a {}, a \\\"type\\\" of été.\"\n]\n",
            Text(OpenClip.Write(PromptSet.Parse("a photo of a <CLASS>, a \"type\" of été."))));

    [Fact]
    public void Clip_benchmark_reads_templates_by_dataset() =>
        Assert.Equal(
            "{\n  \"my pets\": [\n    \"a photo of a {c}.\"\n  ]\n}\n",
            Text(ClipBenchmark.Write("my pets", PromptTemplate.Baseline)));

    [Fact]
    public void Cupl_reads_whole_prompts_by_class()
    {
        var file = JsonSerializer.Deserialize<Dictionary<string, string[]>>(
            Cupl.Write(PromptTemplate.Baseline, ["sea horse", "{crane}", "sea horse"]))!;
        Assert.Equal(["sea horse", "{crane}"], file.Keys);
        Assert.Equal(["a photo of a {crane}."], file["{crane}"]);
    }

    [Fact]
    public void An_ensemble_is_all_of_its_templates()
    {
        var ensemble = PromptSet.Parse("a photo of a <CLASS>.\na {dim} <CLASS>");
        Assert.Equal(["a photo of a {}.", "a {{dim}} {}"], JsonSerializer.Deserialize<string[]>(OpenClip.Write(ensemble))!);
        Assert.Equal(
            ["a photo of a {c}.", "a {{dim}} {c}"],
            JsonSerializer.Deserialize<Dictionary<string, string[]>>(ClipBenchmark.Write("pets", ensemble))!["pets"]);
        Assert.Equal(
            ["a photo of a crane.", "a {dim} crane"],
            JsonSerializer.Deserialize<Dictionary<string, string[]>>(Cupl.Write(ensemble, ["crane"]))!["crane"]);
    }

    // str.format of Python, by its own rules: doubled braces are braces, a field is replaced.
    [Theory]
    [InlineData("a {curly} <CLASS> }{.")]
    [InlineData("{}<CLASS>{c}")]
    public void Braces_of_a_template_survive_pythons_format(string template)
    {
        var expected = template.Replace("<CLASS>", "cat", StringComparison.Ordinal);
        var openClip = JsonSerializer.Deserialize<string[]>(OpenClip.Write(PromptSet.Parse(template)))![0];
        Assert.Equal(expected, PythonFormat(openClip, "", "cat"));
        var benchmark = JsonSerializer.Deserialize<Dictionary<string, string[]>>(
            ClipBenchmark.Write("d", PromptSet.Parse(template)))!["d"][0];
        Assert.Equal(expected, PythonFormat(benchmark, "c", "cat"));
    }

    private static string PythonFormat(string format, string field, string value)
    {
        var text = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] is not ('{' or '}')) { text.Append(format[at]); continue; }
            if (at + 1 < format.Length && format[at + 1] == format[at]) { text.Append(format[at++]); continue; }
            Assert.Equal($"{{{field}}}", format.Substring(at, field.Length + 2));
            text.Append(value);
            at += field.Length + 1;
        }
        return text.ToString();
    }

    private static string Text(byte[] file) => Encoding.UTF8.GetString(file);
}
