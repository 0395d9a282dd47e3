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
            new PricesNeeded(ProviderRole.Proposer),
            "The budget in money needs the model's prices. Those of well-known models are listed; for any other set "
            + "Ipo:PromptGen:OpenAI:InputPricePerMillionTokens and Ipo:PromptGen:OpenAI:OutputPricePerMillionTokens, or the run stops after its first paid proposals."
        },
        {
            new PricesNeeded(ProviderRole.Captioner),
            "The budget in money needs the model's prices. Those of well-known models are listed; for any other set "
            + "Ipo:Captioner:OpenAI:InputPricePerMillionTokens and Ipo:Captioner:OpenAI:OutputPricePerMillionTokens, or the run stops after its first paid descriptions."
        },
    };

    [Theory]
    [MemberData(nameof(Warnings))]
    public void Every_warning_is_a_sentence_that_says_what_and_why(RunWarning warning, string sentence) =>
        Assert.Equal(sentence, RunWarningSentences.Of(warning));
}
