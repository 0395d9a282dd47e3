using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>The sentences of single classes among a run's finalists.</summary>
/// <param name="Set">The templates and the sentences.</param>
/// <param name="Won">Whether they won.</param>
/// <param name="ChoosingComparison">The set beside its templates alone on the selection images.</param>
/// <param name="TestBaseComparison">The set beside its best template on the test images; null unless the set
/// won.</param>
public sealed record ReportedSentences(PromptSet Set, bool Won, PairedComparison? ChoosingComparison, PairedComparison? TestBaseComparison)
{
    /// <summary>The classes that have sentences.</summary>
    public IReadOnlyList<SentencesOfClass> Classes =>
    [
        .. Set.Sentences.GroupBy(sentence => sentence.ClassName)
            .Select(some => new SentencesOfClass(some.Key, [.. some.Select(sentence => sentence.Template.For(some.Key))])),
    ];

    internal static ReportedSentences? Of(RunState run, PromptSet winner) =>
        Finalists.Sets(run).FirstOrDefault(finalist => finalist.Sentences.Count > 0) is not { } set ? null : new(
            set, winner.Sentences.Count > 0,
            PartScore.Compare(run, set, PromptSet.Of(set.Templates), Finalists.SelectionPart(run.Prepared!)),
            winner == set ? PartScore.Compare(run, set, set.Templates[0], DatasetPart.TestBase) : null);
}

/// <summary>The sentences of one class.</summary>
/// <param name="ClassName">Its name.</param>
/// <param name="Prompts">Its sentences, as whole prompts.</param>
public sealed record SentencesOfClass(string ClassName, IReadOnlyList<string> Prompts);
