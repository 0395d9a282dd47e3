using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
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
        var single = PromptTemplate.Parse("a sharp photo of a <CLASS>, outdoors.");
        var added = PromptTemplate.Parse("a | <CLASS>");
        var set = PromptSet.Of([single, added]);
        var report = Report(better: true, settings => settings with { EnsembleSize = 4 });
        var evaluation = report.WinnerEvaluation with { TestBase = report.WinnerEvaluation.TestBase! with { CalibrationError = 0.1234 } };
        var comparison = new PairedComparison(12, 7, 200, 1);
        var score = evaluation.Validation!;
        report = report with
        {
            Outcome = report.Outcome with { Winner = set },
            WinnerEvaluation = evaluation with { PromptSet = set },
            SingleEvaluation = evaluation with { PromptSet = single },
            Ensemble = new(
                [new(single, score, 0, 0), new(added, score, 0.05, -0.0125)], Won: true, comparison, comparison, comparison, SetsTried: 5),
            TradeOffs =
            [
                new(PromptTemplate.Baseline, 0.55, 0.6, 0.5, 9, 0.2),
                new(set, 0.65, 0.7, 0.5, 20, 0.1) { OnFront = true },
            ],
        };
        Golden("report-ensemble.md", report);

        var text = ReportMarkdown.Write(report with
        {
            Ensemble = null,
            TradeOffs = [.. report.TradeOffs.Select(one => one with { HeldOutClasses = null })],
        });
        Assert.Contains("No addition to the best template helped", text, StringComparison.Ordinal);
        Assert.Contains("| front | template | accuracy | worst class | tokens | ECE |", text, StringComparison.Ordinal);
    }

    private static readonly ReportedFinalist[] Chosen =
        [new(new(PromptTemplate.Baseline, new("10", 1), null, null), PartScore.Of(0.5, 1, [2], [1]))];

    [Theory]
    [InlineData(0, 0.0031, "without these words as many are right, and the loss is 0.0031 nats higher")]
    [InlineData(1, -0.02, "without these words 1 more is right, and the loss is 0.0200 nats lower")]
    [InlineData(3, 0, "without these words 3 more are right, and the loss is the same")]
    public void Says_what_was_left_out_of_the_winner_and_what_it_cost(int gained, double loss, string cost)
    {
        var whole = PromptTemplate.Parse("a glowing photo of a <CLASS>, on grass.");
        var text = ReportMarkdown.Write(
            Report(better: true) with { Finalists = Chosen, Shortening = new(whole, ["glowing", "on grass"], gained, 40, loss, 5) });

        Assert.Contains("because it is worth nothing there: `glowing`, `on grass`. It was chosen as "
            + "`a glowing photo of a <CLASS>, on grass.`; " + cost, text, StringComparison.Ordinal);
        Assert.Contains("(allowed: no image fewer, and 0.01 nats of loss more)", text, StringComparison.Ordinal);
        Assert.Contains("all finalists and every cut that was tried", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_nothing_could_be_left_out() => Assert.Contains(
        "Nothing could be left out of the winner: each of 5 shorter templates loses an image of the 40 or adds more than 0.01 nats of loss.",
        ReportMarkdown.Write(Report(better: true) with
        {
            Finalists = Chosen,
            Shortening = new(PromptTemplate.Parse("a <CLASS>, on grass."), [], 0, 40, 0, 5),
        }),
        StringComparison.Ordinal);

    [Fact]
    public void Text_of_other_origin_is_shown_and_never_markup()
    {
        var report = Report(better: true, model: "a|b\n# heading");
        var text = ReportMarkdown.Write(report with
        {
            Dataset = report.Dataset with { Name = "<script>|[x](http://y)*_`" },
            Caveats = [new DatasetWarning("![img](http://evil) | <b>")],
            BestTemplates = [new(PromptTemplate.Parse("a `tick` | pipe <CLASS>"), 1, 0, 1)],
        });

        Assert.Contains(@"# \<script\>\|\[x\](http://y)\*\_\`: ", text, StringComparison.Ordinal);
        Assert.Contains(@"| checkpoint | a\|b \# heading,", text, StringComparison.Ordinal);
        Assert.Contains(@"- Dataset: \!\[img\](http://evil) \| \<b\>", text, StringComparison.Ordinal);
        Assert.Contains(@"`` a `tick` \| pipe <CLASS> ``", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_judgement_follows_the_test_and_the_difference()
    {
        var text = ReportMarkdown.Write(
            Report(better: true) with { TestBaseComparison = new(2, 30, 280, 1), TestNovelComparison = new(4, 12, 100, 1) });
        Assert.Contains("the winner is worse on base classes, the same within chance on novel ones", text, StringComparison.Ordinal);
        Assert.Matches(@"−10\.00 points \(−1\d\.\d to −\d\.\d\): \*\*worse\*\*", text);
        Assert.Contains("exact McNemar p < 0.0001", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_first_and_plainly_that_no_candidate_could_be_scored()
    {
        var refused = new TemplateRefused(Time, 1, "a *photo* of it.", RefusalReason.NoClass, "It has no <CLASS>.");
        var text = ReportMarkdown.Write(
            Report(better: false) with { NothingScored = new(3, ["ipo"], [new(RefusalReason.NoClass, 45)], refused) });

        Assert.StartsWith(
            "# flowers: no candidate could be scored\n\n**In 3 steps the proposer ipo never wrote a usable template: 45 refused ",
            text, StringComparison.Ordinal);
        Assert.Contains(@"The first was 'a \*photo\* of it.'", text, StringComparison.Ordinal);
        Assert.Contains("This is no finding about the baseline", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Verdict", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_whose_probabilities_a_calibration_error_is_of_where_they_are_no_softmax()
    {
        const string Sigmoids = "15 bins, of the checkpoint's own probabilities: sigmoids of one class each";
        Assert.Contains("15 bins.", Calibrated(ZeroShotProbability.Softmax), StringComparison.Ordinal);
        Assert.DoesNotContain(Sigmoids, Calibrated(ZeroShotProbability.Softmax), StringComparison.Ordinal);
        Assert.Contains(Sigmoids, Calibrated(ZeroShotProbability.Sigmoid), StringComparison.Ordinal);

        static string Calibrated(ZeroShotProbability probability)
        {
            var report = Report(better: true, probability: probability);
            var evaluation = report.WinnerEvaluation;
            return ReportMarkdown.Write(report with { WinnerEvaluation = evaluation with { TestBase = evaluation.TestBase! with { CalibrationError = 0.1234 } } });
        }
    }

    private static void Golden(string name, RunReport report)
    {
        var path = Path.Combine(Shared.Repository, "tests/Ipo.Tests/Orchestrator/Reports", name);
        var text = ReportMarkdown.Write(report);
        if (Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1") File.WriteAllText(path, text);
        Assert.Equal(File.ReadAllText(path), text);
    }

    private static RunReport Report(
        bool better, Func<RunSettings, RunSettings>? change = null, string model = "ipo-tiny",
        ZeroShotProbability probability = ZeroShotProbability.Softmax)
    {
        const string Baseline = "a photo of a <CLASS>.";
        const string Winner = "a sharp photo of a <CLASS>, outdoors.";
        const string Own = "a photo of a <CLASS>, a type of flower.";
        var winner = better ? Winner : Baseline;
        var settings = Presets.Get("ipo-paper", "flowers") with { Steps = 3, Shots = 2, Budget = new(Calls: 9), Proposer = "evolve" };
        settings = change?.Invoke(settings) ?? settings;
        var usage = new CallUsage(1200, 80, 0, TimeSpan.FromSeconds(1));
        List<RunEvent> events =
        [
            new RunCreated(Time, "r1", settings),
            new RunPickedUp(Time),
            new RunPrepared(
                Time.AddSeconds(1), new string('d', 64), ["rose", "tulip"], ["lily", "iris"],
                [new(Sha(1), 0), new(Sha(2), 0), new(Sha(3), 1)],
                [DatasetPart.Search, DatasetPart.Validation, DatasetPart.TestBase, DatasetPart.TestNovel], Own,
                new(model, new string('c', 64), "cpu", "fp32", "1", 100, probability), new("evolve", "rules 1", false),
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
        return StoredReport.Of(
            RunState.Fold(events), dataset, better ? new Dictionary<string, string> { [Sha(4)] = "it is cut off" } : []).Report;
    }

    private static string Sha(int image) => image.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
}
