using Ipo.Optimization.Actions;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;

namespace Ipo.Optimization.Loop;

/// <summary>What a budget says of the next call, before it is made.</summary>
internal static class BudgetRules
{
    /// <summary>How many calls may be made at once.</summary>
    public static int Affordable(RunState run, bool paid, int wanted) =>
        paid && run.Settings.Budget.Calls is { } calls ? (int)Math.Min(wanted, calls - run.Spending.PaidCalls) : wanted;

    /// <summary>Why a budget cannot be kept; null where it can. Money is counted by the prices that the paid services
    /// are configured with, and tokens by what they state. Without that a limit would never be reached, so nothing more
    /// is bought; the run keeps what it has and goes on once a person has put it right.
    /// </summary>
    public static Fail? Unkept(RunState run)
    {
        if (run.UnreportedTokens is { } unreported && run.Settings.Budget.Tokens is { } tokens)
            return new(new TokensUnreported(RoleIn(unreported), tokens));
        return run.UnpricedCall is { } unpriced && run.Settings.Budget.CostMicroUsd is { } limit
            ? new(new AnswerUnpriced(RoleIn(unpriced), limit, ModelIn(run, unpriced)))
            : null;
    }

    private static string ModelIn(RunState run, CallKey call) => call.IsDescription
        ? ""
        : ProposerName.Parse(run.Prepared!.ProposerOf(call.Step, call.Call, run.Settings.CallsPerStep).Name).Model;

    private static ProviderRole RoleIn(CallKey call) => call.IsDescription ? ProviderRole.Captioner : ProviderRole.Proposer;
}
