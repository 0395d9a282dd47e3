using CsCheck;
using Ipo.Optimization.Actions;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Loop;

public sealed class RobustRunTests
{
    private static readonly RunSettings Settings =
        Presets.Get("robust", "animals") with { Steps = 4, DescriptionLimit = 4, Patience = 0, StopsWhenPerfect = false };

    private static readonly RunPrepared WithValidation = Events.Prepared with
    {
        ClassNames = ["heron", "sea horse", "crab", "newt"],
        Parts = [DatasetPart.Search, DatasetPart.Validation, DatasetPart.TestBase, DatasetPart.TestNovel],
    };

    [Fact]
    public void The_test_images_are_opened_after_the_choice_and_the_explanation_and_once()
    {
        var host = Completed(WithValidation);
        var opened = host.Journal.FindIndex(happened => happened is TestOpened);
        Assert.Single(host.Journal.OfType<TestOpened>());
        Assert.True(host.Journal.FindIndex(happened => happened is WinnerChosen) < opened);
        Assert.All(host.Journal.Take(opened).OfType<TemplateEvaluated>(), done => Assert.False(done.Part.IsTest()));
        Assert.Contains(host.Journal.Skip(opened).OfType<TemplateEvaluated>(), done => done.Part == DatasetPart.TestNovel);
        Assert.Equal([PromptTemplate.Baseline.Text, host.State.Winner!, Events.Prepared.HandWrittenTemplate!],
            host.Journal.Skip(opened).OfType<TemplateEvaluated>().Select(done => done.Template).Distinct());
    }

    [Fact]
    public void The_best_of_the_finalists_on_the_validation_images_wins_and_not_the_best_of_the_search()
    {
        var host = Completed(WithValidation);
        var finalists = Finalists.Of(host.State);
        Assert.Equal(PromptTemplate.Baseline, finalists[0].Template);
        Assert.Equal(9, finalists.Count);
        var choice = WinnerChoice.Of(host.State);
        Assert.Equal(host.State.Winner, choice.Winner.Text);
        Assert.NotEqual(host.State.Ended!.Winner, host.State.Winner);
        Assert.All(finalists, finalist => Assert.All(
            [DatasetPart.Validation, DatasetPart.EvenClasses, DatasetPart.OddClasses],
            part => Assert.NotNull(host.State.EvaluationOf(finalist.Template.Text, part)!.Predicted)));
    }

    [Fact]
    public void Where_nothing_beats_the_baseline_it_is_returned_and_nothing_is_explained()
    {
        var host = Completed(
            WithValidation, (template, part) =>
                part is null ? SimulatedHost.Score(template) : template == PromptTemplate.Baseline.Text ? (0.9, 0.1) : (0.5, 2));
        Assert.NotEqual(PromptTemplate.Baseline.Text, host.State.Ended!.Winner);
        Assert.Equal(PromptTemplate.Baseline.Text, host.State.Winner);
        Assert.Null(Explanation.Of(host.State));
        Assert.Equal(
            [Events.Prepared.HandWrittenTemplate!],
            host.Actions.OfType<Evaluate>().SelectMany(evaluate => evaluate.Evaluations)
                .Where(evaluate => evaluate.Part == DatasetPart.Validation && evaluate.Detail == OutcomeDetail.Correct)
                    .Select(evaluate => evaluate.Template.Text));
    }

    [Fact]
    public void The_explanation_takes_the_winner_apart_on_the_images_that_chose_it()
    {
        var run = Completed(WithValidation).State;
        var why = Explanation.Of(run)!;
        Assert.Equal(DatasetPart.Validation, why.Part);
        Assert.Equal(Variations.Of(run), why.Variations.Select(effect => effect.Variation));
        Assert.All(why.Variations,
            effect => Assert.Equal(
                run.EvaluationOf(effect.Variation.Template.Text, DatasetPart.Validation)!.Accuracy, effect.Accuracy, 0.051));
        int Right(string template) => run.EvaluationOf(template, DatasetPart.Validation)!.Correct.Count(image => image == '1');
        Assert.All(why.Variations,
            effect => Assert.Equal((Right(run.Winner!) - Right(effect.Variation.Template.Text)) / 20.0, effect.Effect.Difference, 1e-12));
        Assert.Contains(why.Variations, effect => effect.Effect.Difference > 0);
        Assert.Equal(run.Winner, why.Lineage[^1].Template.Text);
        var (winner, baseline) =
            (run.OutcomesOf(run.Winner!, DatasetPart.Validation)!, run.OutcomesOf(PromptTemplate.Baseline.Text, DatasetPart.Validation)!);
        Assert.Equal(winner.Right - baseline.Right, why.Flips.Count(flip => flip.Gained) - why.Flips.Count(flip => !flip.Gained));
        Assert.Equal(winner.Right - baseline.Right, why.Classes.Sum(change => change.After - change.Before));
        Assert.Equal(baseline.Right - winner.Right, why.Confusions.Sum(change => change.After - change.Before));
    }

    [Fact]
    public void Without_validation_images_folds_of_the_search_images_choose()
    {
        var images = Enumerable.Range(0, 40).Select(image => new SearchImage($"s{image:00}", image / 10)).ToList();
        var host = Completed(WithValidation with { Parts = [DatasetPart.Search, DatasetPart.TestBase], SearchImages = images });
        Assert.NotNull(WinnerChoice.Of(host.State).Folded);
        Assert.All(host.State.Scored, prompt => Assert.Equal((40, true), (prompt.Outcomes!.Images, prompt.Outcomes.Losses is null)));
        Assert.DoesNotContain(host.State.Evaluations, done => done.Part == DatasetPart.Validation);
        Assert.NotNull(host.State.Winner);
    }

    [Fact]
    public void Few_search_images_keep_their_losses()
    {
        var host = Completed(WithValidation); // six images of four classes
        Assert.All(host.State.Scored, prompt => Assert.Equal(6, prompt.Outcomes!.Losses!.Count));
    }

    [Fact]
    public void The_published_presets_keep_no_outcomes_and_open_nothing()
    {
        var host = new SimulatedHost(Events.Settings) { Prepared = WithValidation };
        Assert.True(host.Run());
        Assert.All(host.State.Scored, prompt => Assert.Null(prompt.Outcomes));
        Assert.DoesNotContain(host.Journal, happened => happened is TestOpened or WinnerChosen);
        Assert.Null(SearchTest.Of(host.State));
    }

    [Fact]
    public void A_run_cut_anywhere_goes_on_to_the_same_choice_and_opens_the_test_once()
    {
        var expected = Events.Trajectory(Completed(WithValidation).State);
        for (var stop = 1; ; stop++)
        {
            var host = new SimulatedHost(Settings) { Prepared = WithValidation, Scorer = Score, StopAfter = stop };
            if (host.Run()) break;
            host.StopAfter = null;
            Assert.True(host.Reopen(host.Journal).Run());
            Assert.Equal(expected, Events.Trajectory(host.State));
            Assert.Single(host.Journal.OfType<TestOpened>());
        }
    }

    [Fact]
    public void A_finalist_that_cannot_be_scored_on_held_out_images_does_not_choose_or_win()
    {
        var refused = Completed(WithValidation).State.Winner!;
        var host = Completed(
            WithValidation, (template, part) => template == refused && part == DatasetPart.OddClasses ? null : Score(template, part));
        Assert.NotEqual(refused, host.State.Winner);
        Assert.DoesNotContain(Finalists.Of(host.State), finalist => finalist.Template.Text == refused);
    }

    [Fact]
    public void The_novel_estimate_uses_the_halves_and_no_novel_class()
    {
        // The halves tell different stories.
        var run = Completed(
            WithValidation, (template, part) =>
                Score(part == DatasetPart.OddClasses && template != PromptTemplate.Baseline.Text
                    ? template + " odd"
                    : template, part)).State;
        var estimate = NovelEstimate.Of(run)!;
        var seen = Choice.Best(
            [.. Finalists.Of(run).Select(prompt => run.OutcomesOf(prompt.Template.Text, DatasetPart.EvenClasses)!)], few: false);
        var other = Choice.Best(
            [.. Finalists.Of(run).Select(prompt => run.OutcomesOf(prompt.Template.Text, DatasetPart.OddClasses)!)], few: false);
        Assert.Equal<PromptSet>(Finalists.Of(run)[seen].Template, estimate.ByEven);
        Assert.Equal<PromptSet>(Finalists.Of(run)[other].Template, estimate.ByOdd);
        Assert.NotEqual(estimate.ByEven, estimate.ByOdd);
        var right = run.OutcomesOf(estimate.ByEven.Text, DatasetPart.OddClasses)!.Right
            + run.OutcomesOf(estimate.ByOdd.Text, DatasetPart.EvenClasses)!.Right;
        Assert.Equal(right / 40.0, estimate.Chosen, 1e-12);
        Assert.Equal(40, estimate.Comparison.Images);
        Assert.Equal(estimate.Comparison.Difference, estimate.Chosen - estimate.Baseline, 1e-12);
        Assert.Null(NovelEstimate.Of(Completed(WithValidation with { ClassNames = ["heron", "newt"] }).State));
    }

    [Fact]
    public void A_few_steps_search_is_tested_as_a_whole()
    {
        var run = Completed(WithValidation).State;
        var test = SearchTest.Of(run)!;
        Assert.Equal(run.Scored.Count - 1, test.Templates);
        var outcomes = run.Scored.Select(prompt => prompt.Outcomes!.Correct).ToList();
        Assert.Equal(PromptTemplate.Baseline, run.Scored[0].Template);
        int Gain(string other) => other.Count(image => image == '1') - outcomes[0].Count(image => image == '1');
        Assert.Equal(outcomes.Skip(1).Max(Gain) / 6.0, test.LargestGain, 1e-12);
        Assert.Equal(BestOfMany.PValue(outcomes[0], [.. outcomes.Skip(1)], new Random(1)), test.P); // six images: nothing is drawn
        Assert.InRange(test.P, 0, 1);
        Assert.Equal(test, SearchTest.Of(run));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_ensemble_grows_on_the_images_that_choose_and_stands_for_choice_as_one_more(bool validation)
    {
        var images = Enumerable.Range(0, 40).Select(image => new SearchImage($"s{image:00}", image / 10)).ToList();
        var prepared = validation
            ? WithValidation
            : WithValidation with { Parts = [DatasetPart.Search, DatasetPart.TestBase], SearchImages = images };
        var part = validation ? DatasetPart.Validation : DatasetPart.Search;
        var host = Ensembled(prepared);
        var run = host.State;
        var grown = Ensemble.Of(run)!;
        Assert.True(grown.Set is { IsEnsemble: true }, "no addition helped");
        Assert.Equal(
            [.. Finalists.Of(run).Select(prompt => prompt.Template.Text), grown.Set.Text], Finalists.Sets(run).Select(set => set.Text));
        Assert.Equal(grown.Set, WinnerChoice.Of(run).Finalists[^1].Template);
        Assert.Equal(
            grown.Compared.Select(one => one.Template.Text).Order(),
            run.Evaluations.Where(done => done.Part == part && PromptSet.Parse(done.Template).IsEnsemble && done.Predicted is not null)
                .Select(done => done.Template).Distinct().Order());
        Assert.All([DatasetPart.EvenClasses, DatasetPart.OddClasses], half => Assert.NotNull(run.OutcomesOf(grown.Set.Text, half)));
        // Whatever was compared with the baseline before the choice is paid for, and there were more sets than the one that
        // is a finalist.
        var compared = host.Journal.TakeWhile(happened => happened is not WinnerChosen).OfType<TemplateEvaluated>()
            .Where(done => done.Part == part).ToLookup(done => done.Template, done => done.Correct);
        var baseline = compared[PromptTemplate.Baseline.Text].First();
        var family = compared.Where(one => one.Key != PromptTemplate.Baseline.Text).Select(one => one.First().Zip(baseline).ToList())
            .ToList();
        var smallest =
            family.Min(images =>
                Proportion.McNemar(images.Count(image => image is ('1', '0')), images.Count(image => image is ('0', '1'))));
        Assert.True(family.Count > 9);
        Assert.Equal(family.Count * smallest, WinnerChoice.Of(run).Finalists.Min(finalist => finalist.HolmP)!.Value, 1e-12);
        // Test images see the winner, the baseline and, beside an ensemble, the best template alone.
        var winner = PromptSet.Parse(run.Winner!);
        Assert.True(winner.IsEnsemble);
        Assert.Equal(
            [PromptTemplate.Baseline.Text, run.Winner!, winner.Templates[0].Text, Events.Prepared.HandWrittenTemplate!],
            run.Evaluations.Where(done => done.Part.IsTest()).Select(done => done.Template).Distinct());
        Assert.True(host.Journal.FindLastIndex(happened => happened is TemplateEvaluated { Predicted: not null }) < host.Journal.FindIndex(
            happened => happened is WinnerChosen));
    }

    [Fact]
    public void An_ensemble_is_taken_apart_template_by_template_and_its_line_is_that_of_its_first()
    {
        var run = Ensembled(WithValidation).State;
        var winner = PromptSet.Parse(run.Winner!);
        var why = Explanation.Of(run)!;
        Assert.Equal(
            winner.Templates.Select(template => template.Text),
            why.Variations.Where(effect => effect.Variation.Kind == VariationKind.Template).Select(effect => effect.Variation.Removed));
        Assert.All(why.Variations.Where(effect => effect.Variation.Kind == VariationKind.Template),
            effect => Assert.Equal(winner.Templates.Count - 1, effect.Variation.Template.Templates.Count));
        Assert.All(why.Variations.Where(effect => effect.Variation.Kind == VariationKind.RandomWords),
            effect => Assert.Equal(winner.Templates.Count, effect.Variation.Template.Templates.Count));
        Assert.Equal(winner.Templates[0], why.Lineage[^1].Template);
    }

    [Fact]
    public void A_run_with_an_ensemble_that_is_cut_anywhere_goes_on_to_the_same_choice()
    {
        var expected = Events.Trajectory(Ensembled(WithValidation).State);
        for (var stop = 1; ; stop++)
        {
            var host = new SimulatedHost(
                Settings with { EnsembleSize = 3 })
            { Prepared = WithValidation, Scorer = Together, ImagesInPart = 40, StopAfter = stop };
            if (host.Run()) break;
            host.StopAfter = null;
            Assert.True(host.Reopen(host.Journal).Run());
            Assert.Equal(expected, Events.Trajectory(host.State));
        }
    }

    [Fact]
    public void A_set_that_cannot_be_scored_does_not_stand_for_choice()
    {
        var refused = Ensembled(WithValidation).State.Winner!;
        var run = Ensembled(
            WithValidation, (template, part) =>
                template == refused && part == DatasetPart.OddClasses ? null : Together(template, part)).State;
        Assert.NotEqual(refused, run.Winner);
        Assert.DoesNotContain(Finalists.Sets(run), set => set.Text == refused);
    }

    [Fact]
    public void What_the_finalists_offer_is_known_without_test_images_and_the_front_is_among_them()
    {
        var run = Ensembled(WithValidation).State;
        var all = TradeOff.All(run);
        Assert.Equal(Finalists.Sets(run), all.Select(one => one.Template));
        foreach (var one in all)
        {
            var done = run.EvaluationOf(one.Template.Text, DatasetPart.Validation)!;
            Assert.Equal((done.Accuracy, done.CalibrationError, done.Tokens), (one.Accuracy, one.CalibrationError, one.Tokens));
            Assert.Equal(Math.Min(done.ClassCorrect[0], done.ClassCorrect[1]) / 20.0, one.WorstClass);
            Assert.Equal(
                (run.OutcomesOf(one.Template.Text, DatasetPart.EvenClasses)!.Right
                    + run.OutcomesOf(one.Template.Text, DatasetPart.OddClasses)!.Right) / 80.0, one.HeldOutClasses!.Value, 1e-12);
        }
        var front = TradeOff.Front(all);
        Assert.NotEmpty(front);
        Assert.Contains(all.MinBy(one => one.CalibrationError)!, front);
        Assert.True(front.Count < all.Count);
        // A shorter template of equal merit beats a longer one.
        Assert.Equal([all[0]], TradeOff.Front([all[0], all[0] with { Tokens = all[0].Tokens + 1 }]));
        // And so does what is better in any other one thing.
        Assert.Equal([all[0]], TradeOff.Front([all[0], all[0] with { Accuracy = all[0].Accuracy - 0.01 }]));
        Assert.Equal([all[0]], TradeOff.Front([all[0], all[0] with { HeldOutClasses = all[0].HeldOutClasses - 0.01 }]));
        Assert.Equal([all[0]], TradeOff.Front([all[0], all[0] with { WorstClass = all[0].WorstClass - 0.01 }]));
        Assert.Equal([all[0]], TradeOff.Front([all[0], all[0] with { CalibrationError = all[0].CalibrationError + 0.01 }]));
        Assert.Empty(TradeOff.All(new SimulatedHost(Events.Settings).State));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public void Sentences_of_classes_stand_for_choice_with_the_best_and_say_nothing_of_novel_classes(int? ensembleSize)
    {
        var host = new SimulatedHost(
            Settings with { EnsembleSize = ensembleSize, ClassSentences = true })
        {
            Prepared = WithValidation,
            Scorer = Together,
            ImagesInPart = 40
        };
        Assert.True(host.Run());
        var run = host.State;
        var winner = PromptSet.Parse(run.Winner!);
        Assert.Equal(Finalists.Sets(run)[^1], winner);
        Assert.Equal(ensembleSize is null ? 1 : Ensemble.Of(run)!.Set!.Templates.Count, winner.Templates.Count);
        // Four descriptions of two classes, each of which names its image.
        Assert.Equal(["heron", "sea horse"], winner.Sentences.Select(sentence => sentence.ClassName).Distinct());
        Assert.All(winner.Sentences,
            sentence => Assert.StartsWith(
                sentence.ClassName == "heron"
                    ? "a photo of a <CLASS>, what a"
                    : "a photo of a <CLASS>, what b", sentence.Template.Text, StringComparison.Ordinal));
        Assert.Contains(Explanation.Of(run)!.Variations, effect => effect.Variation.Kind == VariationKind.Sentences);
        Assert.Contains(run.Evaluations, done => done.Part == DatasetPart.TestNovel && done.Template == winner.Text);
        Assert.Contains(run.Evaluations, done => done.Part == DatasetPart.TestBase && done.Template == winner.Templates[0].Text);
    }

    [Fact]
    public void Images_do_not_judge_sentences_that_were_made_from_them()
    {
        var host = new SimulatedHost(
            Settings with { ClassSentences = true })
        {
            Prepared = WithValidation with
            {
                Parts = [
                DatasetPart.Search, DatasetPart.TestBase]
            },
            Scorer = Together,
            ImagesInPart = 6
        };
        Assert.True(host.Run());
        Assert.Null(ClassSentences.Of(host.State));
        Assert.DoesNotContain('\t', host.State.Winner!);
    }

    private static SimulatedHost Ensembled(RunPrepared prepared, Func<string, DatasetPart?, (double, double)?>? scorer = null)
    {
        var host = new SimulatedHost(
            Settings with { EnsembleSize = 3 })
        { Prepared = prepared, Scorer = scorer ?? Together, ImagesInPart = 40 };
        Assert.True(host.Run());
        Assert.Equal((RunStatus.Completed, null), (host.State.Status, host.State.FailureReason));
        return host;
    }

    // Several templates are a little better than the best of them.
    private static (double, double)? Together(string set, DatasetPart? part)
    {
        var each = set.Split('\n').Select(template => Score(template, part)!.Value).ToList();
        return (Math.Min(1, each.Max(one => one.Item1) + 0.05 * (each.Count - 1)),
            Math.Max(0, each.Min(one => one.Item2) - 0.01 * (each.Count - 1)));
    }

    // The baseline is beaten, and images that the search did not see tell another story than those it saw.
    private static (double, double)? Score(string template, DatasetPart? part) =>
        template == PromptTemplate.Baseline.Text
            ? (0.2, 2)
            : SimulatedHost.Score(part is null or DatasetPart.Search ? template : template + " unseen");

    private static SimulatedHost Completed(RunPrepared prepared, Func<string, DatasetPart?, (double, double)?>? scorer = null)
    {
        var host = new SimulatedHost(Settings) { Prepared = prepared, Scorer = scorer ?? Score };
        Assert.True(host.Run());
        Assert.Equal((RunStatus.Completed, null), (host.State.Status, host.State.FailureReason));
        return host;
    }
}
