using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Comparison;
using Xunit;

namespace Ipo.Tests.Orchestrator.Comparison;

public sealed class TravelSentenceTests
{
    private static readonly PromptSet Winner = PromptTemplate.Parse("a neon <CLASS>.");
    private static readonly PairedComparison Better = new(30, 5, 200, 1), Same = new(9, 10, 200, 1), Worse = new(5, 30, 200, 1);

    [Fact]
    public void It_travels_where_it_is_better_on_all_others() => Assert.Equal(
        "The winner travels: beside the baseline it is better on siglip bbbbbbbbbbbb (+12.50 points, +7.0 to +18.0).",
        Sentence(Checkpoint("clip", 'a', Same, own: true), Checkpoint("siglip", 'b', Better)));

    [Fact]
    public void It_travels_to_some_and_the_others_are_named() => Assert.Equal(
        "The winner travels to 2 of 5 other checkpoints: beside the baseline it is better on a aaaaaaaaaaaa (+12.50 points, +7.0 to +18.0) "
            + "and b bbbbbbbbbbbb (+12.50 points, +7.0 to +18.0), the same within chance on c cccccccccccc (−0.50 points, −5.0 to +4.0), "
            + "worse on d dddddddddddd (−12.50 points, −18.0 to −7.0), not scored on e eeeeeeeeeeee.",
        Sentence(Checkpoint("a", 'a', Better), Checkpoint("b", 'b', Better), Checkpoint("c", 'c', Same), Checkpoint("d", 'd', Worse), Checkpoint("e", 'e', null)));

    [Fact]
    public void No_difference_is_not_told_as_a_loss()
    {
        Assert.StartsWith("Nothing shows that the winner travels: beside the baseline it is the same within chance on c ", Sentence(Checkpoint("c", 'c', Same)), StringComparison.Ordinal);
        Assert.StartsWith("The winner does not travel: beside the baseline it is the same within chance on c ", Sentence(Checkpoint("c", 'c', Same), Checkpoint("d", 'd', Worse)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_travel_is_said()
    {
        Assert.Equal("The winner is the baseline itself, so nothing has to travel.", TravelSentence.Of([Checkpoint("c", 'c', null)], baselineStays: true));
        Assert.Equal("Only the run's own checkpoint was scored, which says nothing of travelling.", Sentence(Checkpoint("c", 'c', Better, own: true)));
    }

    private static string Sentence(params ComparedCheckpoint[] checkpoints) =>
        TravelSentence.Of(ComparedCheckpoint.Judge(checkpoints, Winner), baselineStays: false);

    private static ComparedCheckpoint Checkpoint(string name, char digest, PairedComparison? comparison, bool own = false) =>
        new(new() { Name = name, Digest = new string(digest, 64) }, own, [new(PromptTemplate.Baseline, null, null), new(Winner, null, comparison)]);
}
