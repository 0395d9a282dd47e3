using Ipo.Optimization.Actions;
using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Instructions;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Estimates;

public sealed class RunEstimateTests
{
    private static readonly ProviderPrices Priced =
        new(new Dictionary<string, TokenPrice> { ["words"] = new(2, 10) }, new TokenPrice(1, 4), TokensPerImage: 300);

    private static RunEstimate Of(RunSettings settings, RunPrepared prepared, ProviderPrices? prices = null) =>
        RunEstimate.Of(settings, prepared, prices ?? Priced);

    [Fact]
    public void Counts_what_a_whole_run_takes()
    {
        var estimate = Of(Events.Settings, Events.Prepared); // 4 steps of 2 calls for 3 candidates, 4 descriptions
        Assert.Equal(
            (6, 4, 8, 12, 25),
            (estimate.SearchImages, estimate.Descriptions, estimate.ProposerCalls, estimate.PaidCalls, estimate.Templates));
        Assert.Empty(estimate.Warnings);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(1, 0)]
    [InlineData(4, 8 + 7 + 6)] // eight finalists and the baseline, less what the set holds
    [InlineData(12, 12 + 11 + 10 + 9 + 8 + 7 + 6 + 5 + 4 + 3 + 2)]
    public void Counts_the_sets_that_an_ensemble_is_grown_from(int? size, int trials) =>
        Assert.Equal(trials, Of(Presets.Get("robust", "animals") with { EnsembleSize = size }, Events.Prepared).EnsembleTrials);

    [Fact]
    public void Only_paid_providers_make_paid_calls_and_without_a_captioner_nothing_is_described()
    {
        var free = Events.Prepared with { Proposer = new("evolve", "", false), Captioner = new("attributes", "", false) };
        Assert.Equal((0, 4), (Of(Events.Settings, free).PaidCalls, Of(Events.Settings, free).Descriptions));
        Assert.Equal(0, Of(Events.Settings, free with { Captioner = null }).Descriptions);
    }

    [Fact]
    public void Tokens_are_those_of_the_instructions_that_the_run_would_write()
    {
        var settings = Events.Settings with { Steps = 1, CallsPerStep = 1, MemorySize = 1 };
        var prepared = Events.Prepared with { Captioner = null };
        var characters =
            Instruction.Write(
                [new(PromptTemplate.Parse("a sharp and well-lit photo of a <CLASS>, seen from the side."), 0.5, 1, 1)], [], 3,
                InstructionOrder.Paper).Length;
        Assert.InRange(Of(settings, prepared).InputTokens, characters / 4, characters / 4 + 1);
        Assert.InRange(Of(settings with { MemorySize = 20 }, prepared).InputTokens, characters / 4, characters / 4 + 1); // knows one
        var (few, many) = (settings with { Steps = 8 }, settings with { Steps = 8, MemorySize = 20 });
        Assert.True(Of(many, prepared).InputTokens > Of(few, prepared).InputTokens);
        Assert.Equal(8 * Of(settings, prepared).InputTokens, Of(settings with { Steps = 8 }, prepared).InputTokens);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Warns_of_fewer_than_three_steps(int steps)
    {
        Assert.Equal([new TooFewSteps(steps)], Of(Events.Settings with { Steps = steps }, Events.Prepared).Warnings);
        Assert.Empty(Of(Events.Settings with { Steps = 3 }, Events.Prepared).Warnings);
    }

    [Fact]
    public void Warns_of_a_budget_that_pays_for_fewer_than_three_steps()
    {
        RunWarning? Warning(Budget budget) =>
            Of(Events.Settings with { Budget = budget }, Events.Prepared).Warnings.SingleOrDefault();
        Assert.Equal(new CallsPayForTooFewSteps(9, 2, 4), Warning(new(Calls: 9)));
        Assert.Equal(new CallsPayForTooFewSteps(3, 0, 4), Warning(new(Calls: 3)));
        Assert.Null(Warning(new(Calls: 10)));
        Assert.Equal(100, Assert.IsType<TokensPayForTooFewSteps>(Warning(new(Tokens: 100))).Tokens);
        Assert.Null(Warning(new(Tokens: 1_000_000)));
    }

    [Fact]
    public void Calls_that_the_descriptions_take_leave_no_steps_and_one_paid_proposer_of_a_mix_is_enough_to_warn()
    {
        var settings = Events.Settings with { CallsPerStep = 1, Budget = new(Calls: 3) };
        var mixed = Events.Prepared with { Mix = [new("evolve", "", Paid: false), new("ipo", "words-1", Paid: true)] };
        Assert.Contains(new CallsPayForTooFewSteps(3, 0, 4), Of(settings, Events.Prepared).Warnings);
        Assert.Contains(new CallsPayForTooFewSteps(3, 0, 4), Of(settings, mixed).Warnings);
    }

    [Fact]
    public void A_budget_of_tokens_is_held_against_those_of_instructions_and_answers_of_a_step()
    {
        var estimate = Of(
            Events.Settings with { Steps = 3, Budget = new(Tokens: 100) },
            Events.Prepared with { Captioner = null });
        Assert.Contains(new TokensPayForTooFewSteps(100, (estimate.InputTokens + estimate.OutputTokens) / 3), estimate.Warnings);
    }

    [Fact]
    public void Money_is_that_of_the_tokens_of_paid_calls()
    {
        var both = Of(Events.Settings, Events.Prepared);
        var proposals = Of(Events.Settings, Events.Prepared with { Captioner = new("eyes", "eyes-1", false) });

        Assert.Equal(4 * 300, both.InputTokens - proposals.InputTokens);
        Assert.Equal(4 * 75, both.OutputTokens - proposals.OutputTokens);
        Assert.Equal(2 * proposals.InputTokens + 10 * proposals.OutputTokens, proposals.CostMicroUsd);
        Assert.Equal(proposals.CostMicroUsd + 4 * 300 + 4 * 75 * 4, both.CostMicroUsd);
        Assert.Equal(0, Of(Events.Settings, Events.Prepared with { Proposer = new("evolve", "", false), Captioner = null }).CostMicroUsd);
    }

    [Fact]
    public void Proposers_of_a_mix_cost_what_each_is_sent()
    {
        RunEstimate Mixed(params string[] names) => Of(
            Events.Settings, Events.Prepared with { Captioner = null, Mix = [.. names.Select(name => new ProviderFacts(name, name, name != "evolve"))] },
            new(new Dictionary<string, TokenPrice> { ["ipo"] = new(2, 10), ["opro"] = new(2, 10) }, null, 0));

        var (alone, halved) = (Mixed("ipo", "ipo/no-history"), Mixed("ipo", "evolve"));
        Assert.Equal((8, 4), (alone.PaidCalls, halved.PaidCalls));
        Assert.True(halved.CostMicroUsd < alone.CostMicroUsd);
        Assert.True(alone.CostMicroUsd < Mixed("ipo", "opro").CostMicroUsd); // what hides the past is short
    }

    [Fact]
    public void Without_a_price_there_is_no_money_and_a_warning_names_the_model()
    {
        var estimate = Of(Events.Settings, Events.Prepared, Priced with { Captioner = null });
        Assert.Null(estimate.CostMicroUsd);
        Assert.Equal([new PricesNeeded(ProviderRole.Captioner, "eyes-1", HasBudget: false)], estimate.Warnings);

        IReadOnlyList<RunWarning> Budgeted(RunPrepared prepared, ProviderPrices prices) =>
            Of(Events.Settings with { Budget = new(CostMicroUsd: 500_000) }, prepared, prices).Warnings;
        Assert.Equal(
            [new PricesNeeded(ProviderRole.Proposer, "words-1", true), new PricesNeeded(ProviderRole.Captioner, "eyes-1", true)],
            Budgeted(Events.Prepared, ProviderPrices.None));
        Assert.Empty(Budgeted(Events.Prepared, Priced));
        Assert.Empty(Budgeted(Events.Prepared with { Proposer = new("evolve", "", false), Captioner = null }, ProviderPrices.None));
    }

    [Fact]
    public void Warns_of_money_that_pays_for_fewer_than_three_steps()
    {
        RunWarning? Warning(long money) =>
            Of(Events.Settings with { Budget = new(CostMicroUsd: money) }, Events.Prepared).Warnings.SingleOrDefault();
        var few = Assert.IsType<MoneyPaysForTooFewSteps>(Warning(3000));
        Assert.Equal((3000, 4 * 300 + 4 * 75 * 4), (few.MicroUsd, few.DescriptionsMicroUsd));
        Assert.Null(Warning(few.DescriptionsMicroUsd + 3 * few.MicroUsdPerStep + 3));
        Assert.NotNull(Warning(few.DescriptionsMicroUsd + 3 * few.MicroUsdPerStep - 1));
    }
}
