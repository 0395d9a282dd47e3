using Ipo.Optimization.Instructions.Strategies;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Errors;
using Xunit;

namespace Ipo.Tests.Orchestrator.Clients;

public sealed class ConfiguredProposersTests
{
    private static readonly V1.Proposer Evolve = new() { Name = "evolve", Model = "rules 1", Embedded = true, SeesImages = true };

    private static readonly V1.Proposer Model = new() { Name = "openai", Model = "model-1", Paid = true };

    [Theory]
    [InlineData("openai", "ipo")]
    [InlineData("opro", "opro")]
    public void A_language_model_stands_for_every_strategy_and_the_default_comes_first(string listed, string first)
    {
        var all = ConfiguredProposers.Of([new(Model) { Name = listed }, Evolve]);
        Assert.Equal(first, all[0].Name);
        Assert.Equal(all.Skip(1).OrderBy(proposer => proposer.Name, StringComparer.Ordinal), all.Skip(1));
        Assert.Equal(Evolve, all.Single(proposer => proposer.Embedded));
        Assert.Equal(
            StrategyList.All.Select(strategy => (strategy.Name, strategy.SeesImages)).Order(),
            all.Where(proposer => proposer is { Paid: true, Model: "model-1" })
                .Select(proposer => (proposer.Name, proposer.SeesImages)).Order());
    }

    [Fact]
    public void Each_named_model_stands_for_every_strategy_under_its_name()
    {
        var all = ConfiguredProposers.Of([Evolve, Model, new(Model) { NamedModel = "fast", Model = "model-2" }]);

        Assert.Equal(
            ["contrast@fast", "ipo@fast", "opro@fast", "reflect@fast"],
            all.Where(proposer => proposer.Model == "model-2").Select(proposer => proposer.Name).Order());
        Assert.All(all, proposer => Assert.Equal(proposer.Name.Contains('@') ? "fast" : "", proposer.NamedModel));
    }

    [Fact]
    public void Without_a_language_model_there_are_rules_alone() =>
        Assert.Equal([Evolve], ConfiguredProposers.Of([Evolve]));

    [Fact]
    public void A_default_that_is_no_strategy_is_named_with_its_setting()
    {
        var refused = Assert.Throws<RefusedException>(() => ConfiguredProposers.Of([new(Model) { Name = "gpt" }, Evolve]));
        Assert.StartsWith(
            "prompt-gen's default proposer 'gpt' does not exist (Ipo:PromptGen:Provider); it has: ipo, ", refused.Message,
            StringComparison.Ordinal);
    }
}
