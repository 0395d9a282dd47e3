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
    [Fact]
    public void Counts_what_a_whole_run_takes()
    {
        var estimate = RunEstimate.Of(Events.Settings, Events.Prepared); // 4 steps of 2 calls for 3 candidates, 4 descriptions
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
        Assert.Equal(trials, RunEstimate.Of(Presets.Get("robust", "animals") with { EnsembleSize = size }, Events.Prepared).EnsembleTrials);

    [Fact]
    public void Only_paid_providers_make_paid_calls_and_without_a_captioner_nothing_is_described()
    {
        var free = Events.Prepared with { Proposer = new("evolve", "", false), Captioner = new("attributes", "", false) };
        Assert.Equal((0, 4), (RunEstimate.Of(Events.Settings, free).PaidCalls, RunEstimate.Of(Events.Settings, free).Descriptions));
        Assert.Equal(0, RunEstimate.Of(Events.Settings, free with { Captioner = null }).Descriptions);
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
        Assert.InRange(RunEstimate.Of(settings, prepared).InputTokens, characters / 4, characters / 4 + 1);
        var more = RunEstimate.Of(settings with { MemorySize = 20 }, prepared);
        Assert.True(more.InputTokens > characters / 4 + 1);
        Assert.Equal(8 * RunEstimate.Of(settings, prepared).InputTokens, RunEstimate.Of(settings with { Steps = 8 }, prepared).InputTokens);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Warns_of_fewer_than_three_steps(int steps)
    {
        Assert.Equal([new TooFewSteps(steps)], RunEstimate.Of(Events.Settings with { Steps = steps }, Events.Prepared).Warnings);
        Assert.Empty(RunEstimate.Of(Events.Settings with { Steps = 3 }, Events.Prepared).Warnings);
    }

    [Fact]
    public void Warns_of_a_budget_that_pays_for_fewer_than_three_steps()
    {
        RunWarning? Warning(Budget budget) =>
            RunEstimate.Of(Events.Settings with { Budget = budget }, Events.Prepared).Warnings.SingleOrDefault();
        Assert.Equal(new CallsPayForTooFewSteps(9, 2, 4), Warning(new(Calls: 9)));
        Assert.Equal(new CallsPayForTooFewSteps(3, 0, 4), Warning(new(Calls: 3)));
        Assert.Null(Warning(new(Calls: 10)));
        Assert.Equal(100, Assert.IsType<TokensPayForTooFewSteps>(Warning(new(Tokens: 100))).Tokens);
        Assert.Null(Warning(new(Tokens: 1_000_000)));
    }

    [Fact]
    public void Says_of_a_budget_in_money_whose_prices_it_needs()
    {
        IReadOnlyList<RunWarning> Warnings(RunPrepared prepared) =>
            RunEstimate.Of(Events.Settings with { Budget = new(CostMicroUsd: 500_000) }, prepared).Warnings;
        Assert.Equal([new PricesNeeded(ProviderRole.Proposer), new PricesNeeded(ProviderRole.Captioner)], Warnings(Events.Prepared));
        Assert.Empty(Warnings(Events.Prepared with { Proposer = new("evolve", "", false), Captioner = null }));
    }
}
