using Ipo.Optimization.Facts;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Runs;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed class NothingScoredSentenceTests
{
    [Fact]
    public void Says_how_often_and_why_with_an_example() => Assert.Equal(
        "In 3 steps the proposer ipo never wrote a usable template: 12 refused (9 without <CLASS>, 3 cut off). "
            + "The first was 'a photo of it.': It has no <CLASS>. Try another model or proposer.",
        NothingScoredSentence.Of(new(
            3, ["ipo"], [new(RefusalReason.NoClass, 9), new(RefusalReason.UnclosedTag, 3)],
            new TemplateRefused(DateTimeOffset.UnixEpoch, 1, "a photo of it.", RefusalReason.NoClass, "It has no <CLASS>."))));

    [Fact]
    public void Says_so_where_nothing_was_refused_either() => Assert.Equal(
        "In 1 step the proposer ipo, opro wrote nothing that could be scored.", NothingScoredSentence.Of(new(1, ["ipo", "opro"], [], null)));
}
