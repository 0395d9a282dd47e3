using Ipo.Optimization.Choosing;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Choosing;

public sealed class ShorteningTests
{
    private const string Whole = "a dark photo of a <CLASS>, a type of boat, on grass.";

    private static readonly Contender Chosen = Contender(Whole, right: 8, loss: 1);

    [Fact]
    public void It_leaves_out_what_is_worth_nothing_and_keeps_what_is_worth_an_image()
    {
        var shortening = Shorten(text => text.Contains("on grass", StringComparison.Ordinal) ? (8, 1) : (7, 0.5));

        Assert.Equal("a photo of a <CLASS>, on grass.", shortening.Shortened!.Template.Text);
        Assert.Equal(["dark", "a type of boat"], shortening.Removed);
        Assert.Equal(Whole, shortening.Whole.Text);
    }

    [Theory]
    [InlineData(0.004, true)]
    [InlineData(0.006, false)] // two cuts together are more than allowed, so one is made
    public void All_cuts_together_keep_to_the_loss_that_is_allowed(double each, bool both)
    {
        var shortening = Shorten(text => text.Contains("boat", StringComparison.Ordinal)
            ? (8, 1 + (each * ((text.Contains("dark", StringComparison.Ordinal) ? 0 : 1)
                + (text.Contains("grass", StringComparison.Ordinal) ? 0 : 1))))
            : (3, 3));

        Assert.Equal(both ? 2 : 1, shortening.Removed.Count);
        Assert.True(shortening.Shortened!.Outcomes.Loss <= 1 + Shortening.LossAllowed);
    }

    [Fact]
    public void It_makes_the_cut_first_that_does_best()
    {
        var shortening = Shorten(text => text.Contains("dark", StringComparison.Ordinal)
            ? text.Contains("boat", StringComparison.Ordinal) ? (8, 0.9) : (9, 1)
            : (1, 1));

        Assert.Equal("a type of boat", shortening.Removed[0]);
    }

    [Fact]
    public void Where_every_cut_costs_an_image_the_winner_stays_whole()
    {
        var shortening = Shorten(_ => (7, 0.1));

        Assert.Null(shortening.Shortened);
        Assert.Empty(shortening.Removed);
        Assert.Equal(3, shortening.Compared.Count);
    }

    [Fact]
    public void It_never_becomes_the_baseline_nor_asks_for_what_cannot_be_scored()
    {
        var chosen = Contender("a dark photo of a <CLASS>.", right: 8, loss: 1);
        Assert.Null(Shortening.Shorten(chosen, _ => true, _ => throw new InvalidOperationException()).Shortened);
        Assert.Empty(Shortening.Shorten(Chosen, _ => false, _ => throw new InvalidOperationException()).Compared);
    }

    [Fact]
    public void It_asks_for_one_template_at_a_time_and_ends_alike_however_it_is_cut()
    {
        var known = new Dictionary<string, ImageOutcomes>();
        Shortening shortening;
        while ((shortening = Shortening.Shorten(Chosen, _ => true, set => known.GetValueOrDefault(set.Text))).NextToScore is { } next)
        {
            Assert.Null(shortening.Shortened);
            known.Add(next.Text, Contender(next.Text, 8, 1).Outcomes);
        }
        Assert.Equal(Shorten(_ => (8, 1)).Shortened!.Template, shortening.Shortened!.Template);
        Assert.Equal(known.Keys.Order(), shortening.Compared.Select(one => one.Template.Text).Order());
    }

    // Five images gained and none lost: McNemar's p-value is 1/16 for the winner alone; three cuts were tried
    // beside it and lost an image.
    [Fact]
    public void P_values_pay_for_every_cut_that_was_tried()
    {
        var baseline = Contender(PromptTemplate.Baseline.Text, right: 3, loss: 2);
        var alone = WinnerChoice.OnHeldOut([baseline, Chosen], classes: 2, seed: 1);
        var shortened = WinnerChoice.OnHeldOut([baseline, Chosen], classes: 2, seed: 1, shortening: Shorten(_ => (7, 0.1)));
        Assert.Equal(alone.Finalists[1].Comparison!.McNemar, alone.Finalists[1].HolmP!.Value, 1e-12);
        Assert.Equal(4 * alone.Finalists[1].HolmP!.Value, shortened.Finalists[1].HolmP!.Value, 1e-12);
    }

    private static Shortening Shorten(Func<string, (int Right, double Loss)> score) => Shortening.Shorten(
        Chosen, _ => true, set => score(set.Text) is var (right, loss) ? Contender(set.Text, right, loss).Outcomes : null);

    private static Contender Contender(string template, int right, double loss) =>
        new(PromptSet.Parse(template), new(new string('1', right) + new string('0', 10 - right), loss));
}
