using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>A form in which a run's prompts, or its report, go out.</summary>
/// <param name="Format">Its name in the contract, whose comment says what it holds.</param>
/// <param name="HoldsSentences">Whether it can hold sentences of single classes; a list of templates cannot.</param>
/// <param name="HoldsClasses">Whether it names classes; a list of templates does not.</param>
/// <param name="WriteAsync">Writes its files.</param>
internal sealed record Exporter(
    V1.ExportFormat Format, bool HoldsSentences, bool HoldsClasses, Func<ExportFacts, Task<IReadOnlyList<ExportedFile>>> WriteAsync)
{
    /// <summary>A form of one file.</summary>
    public static Exporter OfOneFile(
        V1.ExportFormat format, bool holdsSentences, bool holdsClasses, Func<ExportFacts, byte[]> write) =>
        new(format, holdsSentences, holdsClasses, facts => Task.FromResult<IReadOnlyList<ExportedFile>>([new("", write(facts))]));

    /// <summary>A form of weights, with the class names in a file beside them.</summary>
    public static Exporter OfWeights(V1.ExportFormat format, Func<ZeroShotWeights, byte[]> write) => new(format, true, true, async facts =>
        [new("", write(await facts.WeightsAsync())), new(".classes.json", TemplateJson.Write(facts.ClassNames))]);
}

/// <summary>What an export is made of.</summary>
/// <param name="Stored">The completed run, its report and its dataset.</param>
/// <param name="Prompts">The prompts that are exported.</param>
/// <param name="ClassNames">The classes of prompts and weights, in label order.</param>
/// <param name="WeightsAsync">Asks the scorer for the vector of every class; fails where it has another checkpoint by
/// now.</param>
internal sealed record ExportFacts(
    StoredReport Stored, PromptSet Prompts, IReadOnlyList<string> ClassNames, Func<Task<ZeroShotWeights>> WeightsAsync);

/// <summary>A file of an export.</summary>
/// <param name="Suffix">What follows the name that a person chose.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record ExportedFile(string Suffix, byte[] Content);
