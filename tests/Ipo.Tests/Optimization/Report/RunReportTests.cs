using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Report;

/// <summary>A report's facts are those of the run; recorded runs hold every number (JournalReplayTests).</summary>
public sealed class RunReportTests
{
    private static readonly RunSettings Robust =
        Presets.Get("robust", "animals") with { Steps = 4, DescriptionLimit = 4, Patience = 0, StopsWhenPerfect = false };

    private static readonly RunPrepared Prepared = Events.Prepared with
    {
        ClassNames = ["heron", "sea horse", "crab", "newt"],
        Parts = [DatasetPart.Search, DatasetPart.Validation, DatasetPart.TestBase, DatasetPart.TestNovel],
    };

    [Fact]
    public void A_report_holds_what_chose_and_proved_the_winner()
    {
        var run = Improved();
        var report = RunReport.Of(run.State, Dataset);
        Assert.Equal(run.State.Winner, report.Winner.Text);
        Assert.Equal((SelectionRule.ValidationImages, VerdictGround.TestImages), (report.Rule, report.Verdict.Ground));
        Assert.Equal(WinnerChoice.Of(run.State).Finalists, report.Finalists.Select(one => one.Finalist));
        Assert.All(report.Finalists, one => Assert.Equal(
            run.State.EvaluationOf(one.Finalist.Template.Text, DatasetPart.Validation)!.Accuracy, one.Score.Accuracy));
        var (winner, baseline) = (
            run.State.EvaluationOf(report.Winner.Text, DatasetPart.TestBase)!,
            run.State.EvaluationOf(PromptTemplate.Baseline.Text, DatasetPart.TestBase)!);
        Assert.Equal(PairedComparison.Of(winner.Correct, baseline.Correct, Robust.Seed), report.TestBaseComparison);
        Assert.Equal(
            Proportion.HarmonicMean(report.WinnerEvaluation.TestBase!.Accuracy, report.WinnerEvaluation.TestNovel!.Accuracy),
            report.WinnerEvaluation.HarmonicMean);
        Assert.Equal(Proportion.Wilson(winner.ClassCorrect.Sum(), 20), report.WinnerEvaluation.TestBase.Interval);
        Assert.Equal(report.Finalists.Select(one => one.Finalist.Template), report.TradeOffs.Select(one => one.Template));
        Assert.Equal(TradeOff.Front(report.TradeOffs), report.TradeOffs.Where(one => one.OnFront));
        Assert.Null(report.SingleEvaluation); // a single template won
    }

    [Fact]
    public void The_curve_only_rises_and_the_best_templates_come_in_the_order_of_the_choice()
    {
        var report = RunReport.Of(Improved().State, Dataset);
        Assert.Equal(Enumerable.Range(0, 5), report.Curve.Select(point => point.Step));
        Assert.All(report.Curve.Zip(report.Curve.Skip(1)), pair =>
            Assert.True(ScoredPrompt.WorstFirst.Compare(pair.First.Best, pair.Second.Best) <= 0));
        Assert.Equal(PromptTemplate.Baseline, report.Curve[0].Best.Template);
        Assert.Equal(report.Curve[^1].Best, report.BestTemplates[0]);
        Assert.All(report.BestTemplates.Zip(report.BestTemplates.Skip(1)), pair =>
            Assert.True(ScoredPrompt.WorstFirst.Compare(pair.First, pair.Second) >= 0));
    }

    [Fact]
    public void Digests_and_labels_become_files_and_names()
    {
        var report = RunReport.Of(Improved().State, Dataset);
        Assert.Equal(("t0.png", "a0.png"), report.Duplicates!.Nearest.Select(pair => (pair.Path, pair.OtherPath)).Single());
        var explanation = report.Explanation!;
        Assert.Equal("sea horse", explanation.NameOf(1));
        Assert.Null(explanation.NameOf(null));
        Assert.Equal(Dataset.SelectionImages, explanation.Images);
    }

    [Fact]
    public void Where_the_search_images_choose_there_is_no_proof_to_report()
    {
        var report = RunReport.Of(Completed(new(Events.Settings)).State, Dataset);
        Assert.Equal(SelectionRule.SearchImages, report.Rule);
        Assert.Empty(report.Finalists);
        Assert.Empty(report.TradeOffs);
        Assert.Null(report.NovelEstimate);
        Assert.Null(report.Duplicates);
        Assert.Null(report.Explanation);
        Assert.Equal(report.Run.Winner, report.Winner.Text);
    }

    [Fact]
    public void Folds_choose_where_there_are_no_validation_images()
    {
        var report = RunReport.Of(
            Completed(new(Robust) { Prepared = Prepared with { Parts = [DatasetPart.Search, DatasetPart.TestBase] }, ImagesInPart = 6 })
                .State,
            Dataset);
        Assert.Equal(SelectionRule.FoldedSearchImages, report.Rule);
        Assert.NotNull(report.FoldedGain);
        Assert.Null(report.TestNovelComparison);
    }

    [Fact]
    public void Estimates_for_novel_classes_and_descriptions_are_reported_where_there_are_any()
    {
        var run = Improved();
        var report = RunReport.Of(run.State, Dataset);
        Assert.NotNull(report.NovelEstimate);
        Assert.Equal(NovelEstimate.Of(run.State), report.NovelEstimate);
        Assert.Equal((4, 5_000), (report.Descriptions!.Described, report.Descriptions.TokenBudget));
        Assert.Null(RunReport.Of(Completed(new(Robust) { Prepared = Prepared with { Captioner = null } }).State, Dataset).Descriptions);
    }

    [Fact]
    public void An_ensemble_of_two_that_won_is_reported_step_by_step_and_beside_its_first()
    {
        var run = Completed(
            new(Robust with { EnsembleSize = 2 }) { Prepared = Prepared, ImagesInPart = 40, Scorer = (set, _) => Together(set) }).State;
        var (winner, report) = (PromptSet.Parse(run.Winner!), RunReport.Of(run, Dataset).Ensemble!);
        Assert.True(report.Won);
        Assert.Equal(2, report.Steps.Count);
        Assert.Equal(winner.Templates, report.Steps.Select(step => step.Template));
        Assert.Equal(Ensemble.Of(run)!.Compared.Count, report.SetsTried);
        PairedComparison Beside(DatasetPart part) => PairedComparison.Of(
            run.EvaluationOf(winner.Text, part)!.Correct, run.EvaluationOf(winner.Templates[0].Text, part)!.Correct, Robust.Seed);
        Assert.Equal(Beside(DatasetPart.Validation), report.ChoosingComparison);
        Assert.Equal(Beside(DatasetPart.TestBase), report.TestBaseComparison);
    }

    [Fact]
    public void A_single_sentence_of_a_class_is_reported_as_the_prompt_it_makes()
    {
        var report = RunReport.Of(
            Completed(new(Robust with { ClassSentences = true })
            {
                Prepared = Prepared,
                ImagesInPart = 40,
                Scorer = (set, _) => Together(set),
                Description = image => image.StartsWith('a') ? "with long legs" : "alone", // one word says too little
            }).State,
            Dataset).ClassSentences!;
        Assert.True(report.Won);
        var only = Assert.Single(report.Classes);
        Assert.Equal(("heron", "a photo of a heron, with long legs."), (only.ClassName, Assert.Single(only.Prompts)));
    }

    // Every prompt that a set has more makes it better.
    private static (double, double) Together(string set) =>
        set == PromptTemplate.Baseline.Text ? (0.2, 2) : (0.5 + (0.1 * set.Split('\n').Length), 1.5 - (0.1 * set.Split('\n').Length));

    // A run that found something better than the baseline.
    private static SimulatedHost Improved() => Completed(new(Robust)
    {
        Prepared = Prepared,
        Scorer = (template, _) => template == PromptTemplate.Baseline.Text ? (0.1, 2.5) : SimulatedHost.Score(template),
    });

    internal static SimulatedHost Completed(SimulatedHost host)
    {
        Assert.True(host.Run());
        Assert.Null(host.State.FailureReason);
        return host;
    }

    internal static ReportedDataset Dataset { get; } = new(
        "animals", "folder", "d1", ["heron", "sea horse", "crab", "newt", "wild cat"], new(6, 0, 1), [],
        Prepared.SearchImages.Select(image => image.Sha256).Append("t0")
            .ToDictionary(sha256 => sha256, sha256 => new ReportedImage($"{sha256}.png", 0)),
        [.. Enumerable.Range(0, 20).Select(image => new ReportedImage($"v{image}.png", image / 10))], []);
}
