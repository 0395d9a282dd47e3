using Ipo.ClipScorer.Scoring;
using Xunit;

namespace Ipo.Tests.ClipScorer.Scoring;

public sealed class PromptSetTests
{
    [Fact]
    public void No_two_sets_share_a_key()
    {
        PromptSet[] sets =
        [
            PromptSet.Of("a <CLASS>"), PromptSet.Of("the <CLASS>"), new(["a <CLASS>", "the <CLASS>"], []), new(["the <CLASS>", "a <CLASS>"], []),
            new(["a <CLASS>1:x"], []), new(["a <CLASS>", "x"], []), new(["a <CLASS>"], [new("cat", "the <CLASS>")]),
            new(["a <CLASS>"], [new("dog", "the <CLASS>")]), new(["a <CLASS>"], [new("cat", "one <CLASS>")]),
            new(["a <CLASS>", "cat", "the <CLASS>"], []), new([], []),
        ];
        Assert.Distinct(sets.Select(set => set.Key));
        Assert.Equal("9:a <CLASS>", PromptSet.Of("a <CLASS>").Key);
        Assert.Equal(["a <CLASS>"], PromptSet.Of("a <CLASS>").Templates);
    }
}
