using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Errors;
using Xunit;

namespace Ipo.Tests.Orchestrator.Clients;

public sealed class ConfiguredProposersTests
{
    private static readonly V1.Proposer Evolve = new() { Name = "evolve", Model = "rules 1", Embedded = true, SeesImages = true };

    private static readonly V1.Proposer Model = new() { Name = "openai", Model = "model-1", Paid = true };

    [Theory]
    [InlineData("openai", "ipo", "contrast", "evolve", "opro", "reflect")]
    [InlineData("opro", "opro", "contrast", "evolve", "ipo", "reflect")]
    public void A_language_model_stands_for_every_strategy_and_the_default_comes_first(string name, params string[] expected)
    {
        var all = ConfiguredProposers.Of([new(Model) { Name = name }, Evolve]);
        Assert.Equal(expected, all.Select(proposer => proposer.Name));
        Assert.Equal(Evolve, all.Single(proposer => proposer.Embedded));
        Assert.Equal(
            [("contrast", true), ("ipo", true), ("opro", false), ("reflect", true)],
            all.Where(proposer => proposer is { Paid: true, Model: "model-1" })
                .Select(proposer => (proposer.Name, proposer.SeesImages)).Order());
    }

    [Fact]
    public void Without_a_language_model_there_are_rules_alone() =>
        Assert.Equal([Evolve], ConfiguredProposers.Of([Evolve]));

    [Fact]
    public void A_default_that_is_no_strategy_is_named_with_its_setting()
    {
        var refused = Assert.Throws<RefusedException>(() => ConfiguredProposers.Of([new(Model) { Name = "gpt" }, Evolve]));
        Assert.Equal(
            "prompt-gen's default proposer 'gpt' does not exist (Ipo:PromptGen:Provider); it has: ipo, opro, contrast, reflect, evolve.",
            refused.Message);
    }
}
