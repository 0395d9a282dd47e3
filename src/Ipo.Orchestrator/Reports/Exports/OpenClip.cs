using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>A list of what <c>build_zero_shot_classifier</c> calls "format() friendly strings"
/// (mlfoundations/open_clip, src/open_clip/zero_shot_classifier.py at 67bfcaa): it calls
/// <c>template.format(name)</c>.</summary>
internal sealed class OpenClip() : OneFileExporter(V1.ExportFormat.OpenClip, holdsSentences: false, holdsClasses: false)
{
    protected override byte[] Write(ExportFacts facts) => Write(facts.Prompts);

    public static byte[] Write(PromptSet prompts) => TemplateJson.Write(TemplateJson.Formats(prompts, "{}"));
}
