using Ipo.Optimization.Actions;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Clients;
using static System.FormattableString;

namespace Ipo.Orchestrator.Runs;

/// <summary>Why a run cannot go on, for a person: what happened, where, and what to do. A journal keeps the
/// sentence.</summary>
internal static class RunFaultSentences
{
    public static string Of(RunFault fault) => fault switch
    {
        BaselineUnscorable =>
            $"The scorer cannot score the baseline '{PromptTemplate.Baseline.Text}': a class name is too long for the checkpoint.",
        CaptionerFailed failed => $"The captioner '{failed.Captioner}' {Times(failed.Failures)}: {failed.Message}",
        NothingDescribed nothing =>
            $"The captioner '{nothing.Captioner}' described none of the images. The last answer: {nothing.Message} "
            + "Fix that and resume the run, or start one without descriptions.",
        ProposerFailed failed => $"The proposer '{failed.Proposer}' {Times(failed.Failures)} at step {failed.Step}: {failed.Message}",
        TokensUnreported tokens =>
            $"The {ModelPrices.NameOf(tokens.Provider)} did not report its tokens, so the budget of {tokens.Tokens} tokens "
            + "cannot be kept. Start a run with a budget of calls or of time instead.",
        AnswerUnpriced unpriced =>
            $"The {ModelPrices.NameOf(unpriced.Provider)} answered at a cost of $0, so the budget of "
            + Invariant($"${unpriced.CostMicroUsd / 1e6m:0.######} cannot be kept. ")
            + $"Set the model's prices, {ModelPrices.SettingsOf(unpriced.Provider, unpriced.NamedModel)}, and resume the run; where the "
            + "model is free, or its server counts no tokens, start a run without a budget in money.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    private static string Times(int failures) => failures == 1 ? "failed" : $"failed {failures} times";
}
