using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Reports;
using Xunit;

namespace Ipo.Tests.Orchestrator.Reports;

public sealed class ReportMarkdownTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Says_everything_a_reader_needs()
    {
        Golden("report.md", Report(better: true));
    }

    [Fact]
    public void Says_plainly_that_nothing_was_better()
    {
        Golden("report-baseline.md", Report(better: false));
    }

    [Fact]
    public void Says_how_an_ensemble_grew_and_what_the_finalists_offer()
    {
        const string Single = "a sharp photo of a <CLASS>, outdoors.";
        const string Set = Single + "\na | <CLASS>";
        var report = Report(better: true);
        report.Run.Settings.EnsembleSize = 4;
        (report.Winner, report.WinnerEvaluation.Template) = (Set, Set);
        report.WinnerEvaluation.TestBase.CalibrationError = 0.1234;
        report.SingleEvaluation = new(report.WinnerEvaluation) { Template = Single };
        var comparison =
            new V1.PairedComparison
            {
                AccuracyDifference = 0.025,
                DifferenceLow = -0.01,
                DifferenceHigh = 0.06,
                McnemarP = 0.3,
                Judgement = V1.Judgement.Same
            };
        report.Ensemble =
            new() { SetsTried = 5, ChoosingComparison = comparison, TestBaseComparison = comparison, TestNovelComparison = comparison };
        report.Ensemble.Steps.Add(new V1.EnsembleStep { Template = Single, Score = report.WinnerEvaluation.Validation });
        report.Ensemble.Steps.Add(
            new V1.EnsembleStep
            {
                Template = "a | <CLASS>",
                Score = report.WinnerEvaluation.Validation,
                AccuracyGain = 0.05,
                LossGain = -0.0125
            });
        report.TradeOffs.Add(
            new V1.TradeOff
            {
                Template = "a photo of a <CLASS>.",
                Accuracy = 0.55,
                HeldOutClassesAccuracy = 0.6,
                WorstClassAccuracy = 0.5,
                Tokens = 9,
                CalibrationError = 0.2
            });
        report.TradeOffs.Add(
            new V1.TradeOff
            {
                Template = Set,
                Accuracy = 0.65,
                HeldOutClassesAccuracy = 0.7,
                WorstClassAccuracy = 0.5,
                Tokens = 20,
                CalibrationError = 0.1,
                OnFront = true
            });
        Golden("report-ensemble.md", report);

        report.Ensemble = null;
        foreach (var one in report.TradeOffs) one.ClearHeldOutClassesAccuracy();
        var text = ReportMarkdown.Write(report);
        Assert.Contains("No addition to the best template helped", text, StringComparison.Ordinal);
        Assert.Contains("| front | template | accuracy | worst class | tokens | ECE |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_other_origin_is_shown_and_never_markup()
    {
        var report = Report(better: true);
        report.Dataset.Name = "<script>|[x](http://y)*_`";
        report.Run.Model.Name = "a|b\n# heading";
        report.Notes.Add("![img](http://evil) | <b>");
        report.BestTemplates[0].Template = "a `tick` | pipe\n<CLASS>";
        var text = ReportMarkdown.Write(report);

        Assert.Contains(@"# \<script\>\|\[x\](http://y)\*\_\`: ", text, StringComparison.Ordinal);
        Assert.Contains(@"| checkpoint | a\|b \# heading,", text, StringComparison.Ordinal);
        Assert.Contains(@"- \!\[img\](http://evil) \| \<b\>", text, StringComparison.Ordinal);
        Assert.Contains(@"`` a `tick` \| pipe <CLASS> ``", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_judgement_follows_the_test_and_the_difference()
    {
        var report = Report(better: true);
        report.TestBaseComparison =
            new()
            {
                OnlyWinnerRight = 2,
                OnlyBaselineRight = 30,
                McnemarP = 0.00002,
                AccuracyDifference = -0.1,
                Judgement = V1.Judgement.Worse
            };
        report.TestNovelComparison.McnemarP = 0.05;
        var text = ReportMarkdown.Write(report);
        Assert.Contains("the winner is worse on base classes, the same within chance on novel ones", text, StringComparison.Ordinal);
        Assert.Contains("−10.00 points (0.0 to 0.0): **worse**", text, StringComparison.Ordinal);
        Assert.Contains("exact McNemar p < 0.0001", text, StringComparison.Ordinal);
    }

    private static void Golden(string name, V1.RunReport report)
    {
        var path = Path.Combine(Shared.Repository, "tests/Ipo.Tests/Orchestrator/Reports", name);
        var text = ReportMarkdown.Write(report);
        if (Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1") File.WriteAllText(path, text);
        Assert.Equal(File.ReadAllText(path), text);
    }

    private static V1.RunReport Report(bool better)
    {
        const string Baseline = "a photo of a <CLASS>.";
        const string Winner = "a sharp photo of a <CLASS>, outdoors.";
        const string Own = "a photo of a <CLASS>, a type of flower.";
        var winner = better ? Winner : Baseline;
        var settings = Presets.Get("ipo-paper", "flowers") with { Steps = 3, Shots = 2, Budget = new(Calls: 9), Proposer = "evolve" };
        var usage = new CallUsage(1200, 80, 0, TimeSpan.FromSeconds(1));
        List<RunEvent> events =
        [
            new RunCreated(Time, "r1", settings),
            new RunPickedUp(Time),
            new RunPrepared(
                Time.AddSeconds(1), new string('d', 64), ["rose", "tulip"], ["lily", "iris"],
                [new(Sha(1), 0), new(Sha(2), 0), new(Sha(3), 1)],
                [DatasetPart.Search, DatasetPart.Validation, DatasetPart.TestBase, DatasetPart.TestNovel], Own,
                new("ipo-tiny", new string('c', 64), "cpu", "fp32", "1", 100), new("evolve", "rules 1", false),
                new("attributes", "ipo-tiny", false)),
            new ImagesEmbedded(Time.AddSeconds(2), 1, 2),
            new TemplateScored(Time.AddSeconds(2), 0, Baseline, 2 / 3.0, 0.9),
        ];
        for (var step = 1; step <= 3; step++)
        {
            events.Add(new ProposalRequested(Time.AddSeconds(2 + step), step, 0, 1, "i"));
            if (step == 2)
                events.Add(new ProposalFailed(
                    Time.AddSeconds(2 + step), step, 0, new(FailureKind.RateLimited, "slow down", null), CallUsage.None));
            events.Add(new ProposalAnswered(Time.AddSeconds(2 + step), step, 0, "", usage, "rules 1"));
            events.Add(new TemplateRefused(
                Time.AddSeconds(3 + step), step, "x", step == 3 ? RefusalReason.NoClass : RefusalReason.Duplicate, "no"));
            events.Add(new TemplateScored(Time.AddSeconds(3 + step), step, $"a photo of a <CLASS> number {step}.", step / 6.0, 1.5));
            if (step == 2 && better) events.Add(new TemplateScored(Time.AddSeconds(3 + step), step, Winner, 1, 0.25));
            events.Add(new StepCompleted(Time.AddSeconds(3 + step), step));
        }
        events.Add(new SearchEnded(Time.AddSeconds(7), StopReason.StepsDone, winner));
        foreach (var template in new[] { Baseline, winner, Own }.Distinct())
            foreach (var (part, images, first)
                in new[] { (DatasetPart.Search, 3, 2), (DatasetPart.Validation, 20, 11), (DatasetPart.TestBase, 200, 120),
                    (DatasetPart.TestNovel, 100, 70) })
            {
                var right = template == Winner ? first + images / 10 : template == Own ? first - images / 20 : first;
                var correct = new string('1', right).PadRight(images, '0');
                if (template == Winner && part == DatasetPart.TestNovel) correct = string.Concat(correct.Reverse());
                events.Add(new TemplateEvaluated(
                    Time.AddSeconds(90), template, part, (double)right / images, 1 - (double)right / images,
                    [images / 2, images - images / 2], [right / 2, right - right / 2], correct));
            }
        events.Add(new RunCompleted(Time.AddSeconds(3700)));

        DatasetImage[] images2 =
            [new("rose/1.jpg", Sha(1), 0, DatasetSplit.Train), new("rose/2.jpg", Sha(2), 0, DatasetSplit.Train),
                new("tulip/1.jpg", Sha(3), 1, DatasetSplit.Train), new("lily/1.jpg", Sha(4), 2, DatasetSplit.Test)];
        var dataset =
            new Dataset("flowers", "/data/flowers", new string('d', 64), "folder", ["rose", "tulip", "lily", "iris"], images2, Own,
                ["'rose/x.jpg' is empty and is left out."], Time);
        return RunReports.Of(
            new(RunState.Fold(events), "", 0), dataset, better ? new Dictionary<string, string> { [Sha(4)] = "it is cut off" } : []);
    }

    private static string Sha(int image) => image.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
}
