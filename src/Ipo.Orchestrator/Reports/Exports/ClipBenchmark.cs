using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>From dataset to templates, as LAION-AI/CLIP_benchmark's
/// clip_benchmark/datasets/en_zeroshot_classification_templates.json at 374d11f; its zeroshot_classification.py calls
/// <c>template.format(c=name)</c>.</summary>
internal sealed class ClipBenchmark() : OneFileExporter(V1.ExportFormat.ClipBenchmark, holdsSentences: false, holdsClasses: false)
{
    protected override byte[] Write(ExportFacts facts) => Write(facts.Stored.Dataset.Name, facts.Prompts);

    public static byte[] Write(string dataset, PromptSet prompts) =>
        TemplateJson.Write(new Dictionary<string, string[]> { [dataset] = TemplateJson.Formats(prompts, "{c}") });
}
