using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>A form in which a run's prompts, or its report, go out; every one in this assembly is offered.</summary>
/// <param name="format">Its name in the contract, whose comment says what it holds.</param>
/// <param name="holdsSentences">Whether it can hold sentences of single classes; a list of templates cannot.</param>
/// <param name="holdsClasses">Whether it names classes; a list of templates does not.</param>
internal abstract class Exporter(V1.ExportFormat format, bool holdsSentences, bool holdsClasses)
{
    /// <summary>All of them, in the order of the contract.</summary>
    public static IReadOnlyList<Exporter> All { get; } = [.. Implementations.Of<Exporter>().OrderBy(exporter => exporter.Format)];

    /// <summary>Its name in the contract.</summary>
    public V1.ExportFormat Format => format;

    /// <summary>Whether it can hold sentences of single classes.</summary>
    public bool HoldsSentences => holdsSentences;

    /// <summary>Whether it names classes.</summary>
    public bool HoldsClasses => holdsClasses;

    /// <summary>Writes its files.</summary>
    public abstract Task<IReadOnlyList<ExportedFile>> WriteAsync(ExportFacts facts);
}

/// <summary>A form of one file.</summary>
internal abstract class OneFileExporter(V1.ExportFormat format, bool holdsSentences, bool holdsClasses)
    : Exporter(format, holdsSentences, holdsClasses)
{
    /// <inheritdoc/>
    public override Task<IReadOnlyList<ExportedFile>> WriteAsync(ExportFacts facts) =>
        Task.FromResult<IReadOnlyList<ExportedFile>>([new("", Write(facts))]);

    /// <summary>The bytes of the file.</summary>
    protected abstract byte[] Write(ExportFacts facts);
}

/// <summary>A form of weights, with the class names in a file beside them.</summary>
internal abstract class WeightsExporter(V1.ExportFormat format) : Exporter(format, holdsSentences: true, holdsClasses: true)
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<ExportedFile>> WriteAsync(ExportFacts facts) =>
        [new("", Write(await facts.WeightsAsync())), new(".classes.json", TemplateJson.Write(facts.ClassNames))];

    /// <summary>The bytes of the first file.</summary>
    public abstract byte[] Write(ZeroShotWeights weights);
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
