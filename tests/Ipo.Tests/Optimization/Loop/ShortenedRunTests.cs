using Ipo.Optimization.Choosing;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Loop;

public sealed class ShortenedRunTests
{
    private const string Proposed = "a glowing photo of a <CLASS>, a kind of thing, on grass.";
    private const string Left = "a photo of a <CLASS>, on grass.";

    private static readonly RunSettings Settings =
        Presets.Get("robust", "animals") with { Steps = 2, DescriptionLimit = 4, Patience = 0, StopsWhenPerfect = false };

    private static readonly RunPrepared WithValidation = Events.Prepared with
    {
        ClassNames = ["heron", "sea horse", "crab", "newt"],
        Parts = [DatasetPart.Search, DatasetPart.Validation, DatasetPart.TestBase, DatasetPart.TestNovel],
    };

    [Fact]
    public void Words_that_are_worth_nothing_are_left_out_before_the_winner_is_chosen_and_no_test_image_says_which()
    {
        var host = Completed();

        Assert.Equal(Left, host.State.Winner);
        var chosen = host.Journal.FindIndex(happened => happened is WinnerChosen);
        Assert.All(host.Journal.Take(chosen).OfType<TemplateEvaluated>(), done => Assert.False(done.Part.IsTest()));
        Assert.Equal([Left], host.Journal.Skip(chosen).OfType<TemplateEvaluated>().Where(done => done.Part.IsTest())
            .Select(done => done.Template).Except([PromptTemplate.Baseline.Text, Events.Prepared.HandWrittenTemplate!]).Distinct());
        Assert.All(
            [DatasetPart.Validation, DatasetPart.EvenClasses, DatasetPart.OddClasses],
            part => Assert.NotNull(host.State.EvaluationOf(Left, part)!.Predicted));
    }

    [Fact]
    public void The_report_says_what_was_left_out_and_who_proposed_the_whole_and_Holm_pays_for_every_cut()
    {
        var run = Completed().State;
        var shortening = Shortening.Of(run)!;
        var choice = WinnerChoice.Of(run);

        Assert.Equal((Proposed, 2), (shortening.Whole.Text, shortening.Removed.Count));
        Assert.Contains(choice.Finalists, finalist => finalist.Template.Text == Left);
        var alone = WinnerChoice.OnHeldOut(
            [.. Finalists.Sets(run).Select(set => new Contender(set, run.OutcomesOf(set.Text, DatasetPart.Validation)!))], 4, 1);
        Assert.True(choice.Finalists[1].HolmP >= alone.Finalists[1].HolmP);
        Assert.Contains(TradeOff.All(run), one => one.Template.Text == Left);
        Assert.Equal(Proposed, Explanation.Of(run)!.Lineage[^1].Template.Text);
    }

    [Fact]
    public void A_run_of_before_keeps_its_winner_whole()
    {
        var host = Completed(Settings with { DropsIdleWords = false });

        Assert.Equal(Proposed, host.State.Winner);
        Assert.Null(Shortening.Of(host.State));
    }

    [Fact]
    public void Where_the_search_images_choose_by_folds_nothing_is_left_out()
    {
        var run = Completed(prepared: WithValidation with { Parts = [DatasetPart.Search] }).State;

        Assert.Null(Shortening.Of(run));
        Assert.DoesNotContain(Left, run.Evaluations.Where(done => done.Predicted is not null).Select(done => done.Template));
    }

    [Fact]
    public void A_run_that_is_cut_anywhere_goes_on_to_the_same_winner()
    {
        for (var stop = 1; ; stop++)
        {
            var host = Host(Settings, WithValidation);
            host.StopAfter = stop;
            if (host.Run()) break;
            host.StopAfter = null;
            Assert.True(host.Reopen(host.Journal).Run());
            Assert.Equal(Left, host.State.Winner);
        }
    }

    [Fact]
    public void What_the_scorer_refuses_is_passed_over()
    {
        var host = Host(Settings, WithValidation, refused: Left);
        Assert.True(host.Run());

        Assert.NotEqual(Left, host.State.Winner);
        Assert.Contains("on grass", host.State.Winner, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Completed, host.State.Status);
    }

    private static SimulatedHost Completed(RunSettings? settings = null, RunPrepared? prepared = null)
    {
        var host = Host(settings ?? Settings, prepared ?? WithValidation);
        Assert.True(host.Run());
        Assert.Equal((RunStatus.Completed, null), (host.State.Status, host.State.FailureReason));
        return host;
    }

    private static SimulatedHost Host(RunSettings settings, RunPrepared prepared, string? refused = null) => new(settings)
    {
        Prepared = prepared,
        ImagesInPart = 40,
        Proposer = (_, seed, _) => seed % 2 == 0 ? $"<INS>{Proposed}</INS>" : $"<INS>{Proposed}</INS><INS>a sketch of a <CLASS>.</INS>",
        Scorer = (template, _) => template == refused ? null
            : template.Contains("grass", StringComparison.Ordinal) ? (0.9, 0.5) : (0.4, 2),
    };
}
