using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>From class name to whole prompts, as sarahpratt/CuPL's classify_imagenet.py at 3d3695b looks them up.
/// Classes of the same name have the same prompts, so one entry serves them all.</summary>
internal sealed class Cupl() : OneFileExporter(V1.ExportFormat.Cupl, holdsSentences: true, holdsClasses: true)
{
    protected override byte[] Write(ExportFacts facts) => Write(facts.Prompts, facts.ClassNames);

    public static byte[] Write(PromptSet prompts, IEnumerable<string> classNames) =>
        TemplateJson.Write(classNames.Distinct().ToDictionary(name => name, name => prompts.PromptsOf(name).ToArray()));
}
