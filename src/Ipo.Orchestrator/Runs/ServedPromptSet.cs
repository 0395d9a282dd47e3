using Ipo.Optimization.Report;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>The prompts of a completed run that are put to use.</summary>
internal static class ServedPromptSet
{
    /// <summary>The prompts that are asked for.</summary>
    /// <param name="outcome">What the run found.</param>
    /// <param name="asked">Which prompts.</param>
    /// <returns>The prompts, and whether they are the baseline.</returns>
    /// <exception cref="RefusedException">The choice is none.</exception>
    public static (PromptSet Prompts, bool IsBaseline) Of(RunOutcome outcome, V1.ServedPrompts asked)
    {
        PromptSet prompts = asked switch
        {
            V1.ServedPrompts.Recommended => outcome.Recommended,
            V1.ServedPrompts.Winner => outcome.Winner,
            V1.ServedPrompts.Baseline => PromptTemplate.Baseline,
            _ => throw RefusedException.InvalidField(
                "prompts", $"is {(int)asked}; it takes recommended, winner or baseline, or leave it out for recommended."),
        };
        return (prompts, prompts == PromptTemplate.Baseline);
    }
}
