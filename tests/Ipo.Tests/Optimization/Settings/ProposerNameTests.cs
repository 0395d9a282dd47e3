using Ipo.Optimization.Settings;
using Xunit;

namespace Ipo.Tests.Optimization.Settings;

public sealed class ProposerNameTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("evolve", "evolve", true)]
    [InlineData(" opro ", "opro", true)]
    [InlineData("openai", "ipo", true)]
    [InlineData("openai/no-history", "ipo", false)]
    [InlineData("evolve/no-history", "evolve", false)]
    [InlineData("no-history", "", false)]
    [InlineData("ipo@fast", "ipo", true, "fast")]
    [InlineData("openai@fast/no-history", "ipo", false, "fast")]
    [InlineData("ipo@", "ipo@", true)]
    [InlineData("@fast", "@fast", true)]
    public void Is_read_from_what_people_write(string text, string service, bool seesHistory, string model = "") =>
        Assert.Equal(new(service, seesHistory, model), ProposerName.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("ipo")]
    [InlineData("no-history")]
    [InlineData("evolve/no-history")]
    [InlineData("ipo@fast")]
    [InlineData("opro@fast/no-history")]
    [InlineData("ipo@")]
    public void Is_written_as_it_is_read(string text) => Assert.Equal(text, ProposerName.Parse(text).ToString());

    [Fact]
    public void A_mix_keeps_its_order() =>
        Assert.Equal(
            ["ipo", "evolve/no-history", "random-words"], ProposerName.Mix("openai, evolve/no-history,random-words")
                .Select(name => name.ToString()));

    [Theory]
    [InlineData("", null)]
    [InlineData("no-history", null)]
    [InlineData("evolve,evolve/no-history", null)]
    [InlineData("evolve,,ipo", "proposer is 'evolve,,ipo'; put a name on both sides of every comma.")]
    [InlineData("evolve,", "proposer is 'evolve,'; put a name on both sides of every comma.")]
    [InlineData("ipo,ipo@fast,opro@fast", null)]
    [InlineData("ipo@fast,openai@fast", "proposer is 'ipo@fast,openai@fast', which names 'ipo@fast' twice; give each once.")]
    [InlineData("ipo,openai", "proposer is 'ipo,openai', which names 'ipo' twice; give each once.")]
    [InlineData("a,b,c,d,e,f,g,h", null)]
    [InlineData("a,b,c,d,e,f,g,h,i", "proposer names 9 proposers; give at most 8.")]
    public void A_setting_that_means_nothing_is_named(string setting, string? error)
    {
        Assert.Equal(error, ProposerName.FirstError(setting));
        Assert.Equal(error, SettingsRules.FirstError(Presets.Get("ipo-paper", "flowers") with { Proposer = setting }));
    }
}
