using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Templates;

public sealed class ScoredPromptTests
{
    [Fact]
    public void Accuracy_decides_before_loss()
    {
        Assert.True(ScoredPrompt.WorstFirst.Compare(Scored("bad", 0.4, 0.1), Scored("good", 0.5, 9)) < 0);
        Assert.True(ScoredPrompt.WorstFirst.Compare(Scored("good", 0.5, 9), Scored("bad", 0.4, 0.1)) > 0);
    }

    [Fact]
    public void The_lower_loss_decides_a_tie_of_accuracy()
    {
        Assert.True(ScoredPrompt.WorstFirst.Compare(Scored("bad", 0.5, 1.2), Scored("good", 0.5, 1.1)) < 0);
        Assert.Equal(0, ScoredPrompt.WorstFirst.Compare(Scored("one", 0.5, 1), Scored("other", 0.5, 1)));
    }

    [Fact]
    public void The_best_is_the_earliest_of_those_that_tie_in_full()
    {
        var earliest = Scored("first", 0.5, 1);
        Assert.Same(earliest, ScoredPrompt.Best([Scored("worse", 0.5, 2), earliest, Scored("second", 0.5, 1), Scored("worst", 0.4, 0)]));
        Assert.Null(ScoredPrompt.Best([]));
    }

    private static ScoredPrompt Scored(string text, double accuracy, double loss) =>
        new(PromptTemplate.Parse($"{text} <CLASS>"), accuracy, loss, 1);
}
