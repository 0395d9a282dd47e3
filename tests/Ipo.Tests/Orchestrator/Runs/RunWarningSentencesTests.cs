using Ipo.Optimization.Actions;
using Ipo.Optimization.Estimates;
using Ipo.Orchestrator.Runs;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed class RunWarningSentencesTests
{
    public static TheoryData<RunWarning, string> Warnings => new()
    {
        {
            new TooFewSteps(1),
            "1 step is too few: the first step knows only the baseline, so 3 or more are needed to see a search work."
        },
        {
            new TooFewSteps(2),
            "2 steps are too few: the first step knows only the baseline, so 3 or more are needed to see a search work."
        },
        {
            new CallsPayForTooFewSteps(9, 2, 4),
            "The budget's 9 calls pay for 2 steps after 4 descriptions; 3 or more are needed to see a search work."
        },
        { new TokensPayForTooFewSteps(100, 70), "The budget's 100 tokens pay for less than 3 steps of about 70." },
        {
            new MoneyPaysForTooFewSteps(5_000, 1_500, 2_400),
            "The budget's $0.005 pay for less than 3 steps of about $0.0015 after descriptions for about $0.0024."
        },
        { new MoneyPaysForTooFewSteps(4_000, 1_500, 0), "The budget's $0.004 pay for less than 3 steps of about $0.0015." },
        {
            new PricesNeeded(ProviderRole.Proposer, "new-1", HasBudget: true),
            "No price of the proposer's model new-1 is known, so the run's cost is not estimated, and a run with a budget in money stops after "
            + "its first paid proposals. Set Ipo:PromptGen:OpenAI:InputPricePerMillionTokens and "
            + "Ipo:PromptGen:OpenAI:OutputPricePerMillionTokens; a model that costs nothing needs no budget in money."
        },
        {
            new PricesNeeded(ProviderRole.Proposer, "new-1", HasBudget: false, "fast"),
            "No price of the proposer's model new-1 is known, so the run's cost is not estimated. Set "
                + "Ipo:PromptGen:Models:fast:InputPricePerMillionTokens and Ipo:PromptGen:Models:fast:OutputPricePerMillionTokens; a model "
                + "that costs nothing needs none."
        },
        {
            new PricesNeeded(ProviderRole.Captioner, "eyes-1", HasBudget: false),
            "No price of the captioner's model eyes-1 is known, so the run's cost is not estimated. Set "
            + "Ipo:Captioner:OpenAI:InputPricePerMillionTokens and Ipo:Captioner:OpenAI:OutputPricePerMillionTokens; a model that costs "
            + "nothing needs none."
        },
        {
            new PricesNeeded(ProviderRole.Captioner, "eyes-1", HasBudget: true),
            "No price of the captioner's model eyes-1 is known, so the run's cost is not estimated, and a run with a budget in money stops after "
            + "its first paid descriptions. Set Ipo:Captioner:OpenAI:InputPricePerMillionTokens and "
            + "Ipo:Captioner:OpenAI:OutputPricePerMillionTokens; a model that costs nothing needs no budget in money."
        },
    };

    [Theory]
    [MemberData(nameof(Warnings))]
    public void Every_warning_is_a_sentence_that_says_what_and_why(RunWarning warning, string sentence) =>
        Assert.Equal(sentence, RunWarningSentences.Of(warning));
}
