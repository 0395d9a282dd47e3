using System.Text.RegularExpressions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Choosing;

/// <summary>Sentences that say what a class looks like (CuPL, Pratt et al. 2023; Menon and Vondrick 2023), from the
/// descriptions of its own search images. Novel classes have no search images and so no sentences: they keep the
/// templates.
/// </summary>
public static partial class ClassSentences
{
    /// <summary>Most sentences of a class.</summary>
    public const int MostOfAClass = 4;

    // In characters; a longer one leaves no room in the context.
    private const int LongestClause = 80;

    /// <summary>A run's best single template or ensemble with the sentences of its classes; null where it asks for
    /// none, where no description gives any, and where the search images choose: they would judge sentences that were
    /// made from them.
    /// </summary>
    /// <param name="run">A run whose finalists are evaluated on the selection images and whose ensemble has
    /// grown.</param>
    public static PromptSet? Of(RunState run)
    {
        if (!run.Settings.ClassSentences || run.Prepared is not { } prepared || Finalists.SelectionPart(prepared) != DatasetPart.Validation)
            return null;
        var descriptions = run.FittingDescriptions;
        var described = prepared.SearchImages.Where(image => descriptions.ContainsKey(image.Sha256))
            .ToLookup(image => image.Label, image => descriptions[image.Sha256]);
        var sentences =
            Make([.. prepared.ClassNames.Select((_, label) => described[label].ToList())], prepared.ClassNames, prepared.NovelClassNames);
        if (sentences.Count == 0) return null;
        var set = Ensemble.Of(run)?.Set ?? Ensemble.BestSingle(Finalists.Singles(run), prepared.ClassNames.Count).Template;
        return PromptSet.Of(set.Templates, sentences);
    }

    /// <summary>Makes sentences: a description's clauses behind "a photo of a &lt;CLASS&gt;". A class has those that
    /// its descriptions hold more often than those of the other classes do, the most telling first.
    /// </summary>
    /// <param name="descriptions">The descriptions of each class's search images, by label.</param>
    /// <param name="classNames">Names of the classes, by label.</param>
    /// <param name="novelNames">Names of novel classes; no sentence may hold any name.</param>
    public static IReadOnlyList<ClassSentence> Make(
        IReadOnlyList<IReadOnlyList<string>> descriptions, IReadOnlyList<string> classNames, IReadOnlyList<string> novelNames)
    {
        string[] names = [.. classNames, .. novelNames];
        var clauses = descriptions.Select(some => some.Select(text => Clauses(text, names)).ToList()).ToList();
        var shares = clauses.Select(Shares).ToList();
        var all = shares.SelectMany(share => share).GroupBy(pair => pair.Key, pair => pair.Value)
            .ToDictionary(pair => pair.Key, pair => pair.Sum());
        var others = Math.Max(1, shares.Count(share => share.Count > 0) - 1);
        return
        [
            .. shares.SelectMany((share, label) => share
                .Select(pair => (Template: pair.Key, Gain: pair.Value - (all[pair.Key] - pair.Value) / others))
                .Where(clause => clause.Gain > 0)
                .OrderByDescending(clause => clause.Gain) // a stable sort: of equally telling ones the first
                .Take(MostOfAClass)
                .Select(clause => new ClassSentence(classNames[label], clause.Template))),
        ];
    }

    // The share of a class's descriptions that hold a clause, in the order of their first appearance.
    private static OrderedDictionary<PromptTemplate, double> Shares(IReadOnlyList<IReadOnlyList<PromptTemplate>> descriptions)
    {
        var shares = new OrderedDictionary<PromptTemplate, double>();
        foreach (var clause in descriptions.SelectMany(some => some))
            shares[clause] = shares.GetValueOrDefault(clause) + 1.0 / descriptions.Count;
        return shares;
    }

    // Through the one door for text of models: no name of a class, no control character, no markup.
    private static List<PromptTemplate> Clauses(string description, IReadOnlyList<string> names) =>
    [
        .. Ends().Split(description)
            .Select(clause => Gap().Replace(clause, " ").Trim())
            .Where(clause => clause.Length <= LongestClause && clause.Contains(' ', StringComparison.Ordinal)) // one word says too little
            .Select(clause =>
                PromptTemplate.TryParse($"a photo of a {PromptTemplate.ClassToken}, {clause}.", names, out var template, out _)
                    ? template
                    : null)
            .OfType<PromptTemplate>()
            .Distinct(),
    ];

    [GeneratedRegex(@"[,.;:!?\n]+")]
    private static partial Regex Ends();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Gap();
}
