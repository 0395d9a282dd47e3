using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>What paid models would cost, in words: of one run, and of several together.</summary>
internal static class EstimatedCosts
{
    public static void AddTo(Table facts, EstimateRunResponse estimate)
    {
        facts.Add("Paid calls", Amounts.Count(estimate.PaidCalls));
        facts.Add("Tokens", Tokens(estimate));
        facts.Add("Money", Money(estimate));
    }

    /// <summary>The sum over runs; nothing where there are no estimates.</summary>
    public static void PrintTotal(Terminal terminal, IReadOnlyList<EstimateRunResponse> estimates)
    {
        if (estimates.Count == 0) return;
        var total = new EstimateRunResponse
        {
            PaidCalls = estimates.Sum(one => one.PaidCalls),
            InputTokens = estimates.Sum(one => one.InputTokens),
            OutputTokens = estimates.Sum(one => one.OutputTokens),
            TokenRule = estimates[0].TokenRule,
        };
        // A sum of some would pass for that of all.
        if (estimates.All(one => one.HasCostMicroUsd)) total.CostMicroUsd = estimates.Sum(one => one.CostMicroUsd);
        var facts = new Table("AT MOST", "");
        facts.Add("Runs", $"{Amounts.Count(estimates.Count)}, fewer where some are finished");
        AddTo(facts, total);
        terminal.Print("");
        facts.Print(terminal);
        foreach (var warning in estimates.SelectMany(one => one.Warnings).Distinct()) terminal.Tell($"Warning: {warning}");
    }

    private static string Money(EstimateRunResponse estimate) => !estimate.HasCostMicroUsd ? "not known: a paid model has no price"
        : estimate.PaidCalls == 0 ? "none: no paid provider"
        : $"about {Amounts.Money(estimate.CostMicroUsd)}";

    private static string Tokens(EstimateRunResponse estimate) => estimate.InputTokens + estimate.OutputTokens == 0
        ? "none: no paid provider"
        : $"about {Amounts.Count(estimate.InputTokens)} in, {Amounts.Count(estimate.OutputTokens)} out ({estimate.TokenRule.TrimEnd('.')})";
}
