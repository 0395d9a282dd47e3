using Ipo.V1;

namespace Ipo.Web.Parts;

/// <summary>Runs beside each other, a row for each fact.</summary>
internal static class Comparison
{
    /// <summary>The rows: what was found first, then settings and cost.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<string> Values, bool Differs)> Of(IReadOnlyList<Run> runs)
    {
        yield return Row("State", run => RunWords.State(run.State));
        yield return Row("Verdict", run => run.Outcome is { } outcome ? OutcomeWords.Word(outcome) : "");
        yield return Row("Baseline → chosen", run => run.Outcome is { } outcome ? OutcomeWords.Figures(outcome) : "");
        yield return Row("Difference", run => run.Outcome?.Comparison is { } comparison ? OutcomeWords.Difference(comparison) : "");
        yield return Row("Prompt to use", run => RunWords.Prompts(run.Outcome?.Recommended));
        yield return Row("Cost", RunWords.Spending);
        if (runs.Any(run => CostOfAPoint(run).Length > 0)) yield return Row("Cost for a point gained", CostOfAPoint);
        yield return Row("Running time", run => Amounts.Clock(run.Elapsed?.ToTimeSpan() ?? TimeSpan.Zero));
        yield return Row("Checkpoint", run => run.Model?.Name ?? "");
        yield return Row(
            "Proposers", run => string.Join(", ", run.Proposers.Select(proposer => RunWords.Named(proposer.Name, proposer.Model))));
        yield return Row("Templates scored", run => Amounts.Count(run.TemplatesScored));
        var settings = runs
            .Select(run => SettingList.Of(run.Settings).ToDictionary(setting => setting.Name, setting => setting.Value)).ToList();
        foreach (var name in settings.SelectMany(one => one.Keys).Distinct())
        {
            List<string> values = [.. settings.Select(one => one.GetValueOrDefault(name, ""))];
            yield return (name, values, values.Distinct().Count() > 1);
        }

        (string, IReadOnlyList<string>, bool) Row(string name, Func<Run, string> value)
        {
            List<string> values = [.. runs.Select(value)];
            return (name, values, values.Distinct().Count() > 1);
        }
    }

    // Only of a gain that is proved: any other is chance, and has no price.
    private static string CostOfAPoint(Run run) =>
        run.Outcome is { Verdict.Judgement: Judgement.Better, Comparison: { AccuracyDifference: > 0 } comparison }
            && run.Spending is { CostMicroUsd: > 0 } spending
            ? Amounts.Money((long)(spending.CostMicroUsd / (comparison.AccuracyDifference * 100)))
            : "";
}
