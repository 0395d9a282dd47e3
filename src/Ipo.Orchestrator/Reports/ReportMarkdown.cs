using System.Globalization;
using System.Text;
using static Ipo.Orchestrator.Reports.Figures;

namespace Ipo.Orchestrator.Reports;

/// <summary>A report for a person. Text of other origin (templates, names, messages) is escaped: it is shown and never markup.</summary>
internal static class ReportMarkdown
{
    public static string Write(V1.RunReport report)
    {
        var text = new StringBuilder();
        Head(text, report);
        Table(text, report);
        ProofMarkdown.Write(text, report);
        PromptSetMarkdown.Write(text, report);
        ExplanationMarkdown.Write(text, report);
        Best(text, report);
        Curve(text, report);
        Proposers(text, report);
        DescriptionMarkdown.Write(text, report);
        Facts(text, report);
        if (report.Notes.Count > 0)
        {
            text.Append("\n## What to know\n\n");
            foreach (var note in report.Notes) Line(text, $"- {Markdown.Escape(note)}");
        }
        return text.ToString();
    }

    private static void Head(StringBuilder text, V1.RunReport report)
    {
        Line(text, $"# {Markdown.Escape(report.Dataset.Name)}: {Title(report)}\n");
        Line(text, $"Winner: {(report.SingleEvaluation is null ? "" : "together ")}{Markdown.Prompts(report.Winner)}  ");
        Line(text, $"Baseline: {Markdown.Code(report.BaselineEvaluation.Template)}  ");
        Line(text, $"Verdict: **{Judge(report.Verdict.Judgement)}**. {Markdown.Escape(report.Verdict.Ground)}\n");
        Comparison(text, report, report.TestNovelComparison is null ? "Test images" : "Test images, base classes",
            report.BaselineEvaluation.TestBase, report.WinnerEvaluation.TestBase, report.TestBaseComparison);
        Comparison(text, report, "Test images, novel classes",
            report.BaselineEvaluation.TestNovel, report.WinnerEvaluation.TestNovel, report.TestNovelComparison);
        if (report.TestBaseComparison is not null && report.Winner != report.BaselineEvaluation.Template)
            Line(text, $"- In parentheses: Wilson 95 % intervals of accuracies, paired bootstrap 95 % intervals of differences.");
        if (report.WinnerEvaluation.TestNovel is not null)
            Line(text, $"- Harmonic mean of base and novel: {Percent(report.BaselineEvaluation.HarmonicMean)} → **{Percent(report.WinnerEvaluation.HarmonicMean)}**");
    }

    private static void Comparison(
        StringBuilder text, V1.RunReport report, string where, V1.SplitScore? baseline, V1.SplitScore? winner, V1.PairedComparison? comparison)
    {
        if (baseline is null || winner is null || comparison is null) return;
        if (report.Winner == report.BaselineEvaluation.Template)
        {
            Line(text, $"- {where}: {Percent(baseline.Accuracy)} {Interval(baseline)}; the baseline stays.");
            return;
        }
        Line(text, $"- {where}: {Percent(baseline.Accuracy)} {Interval(baseline)} → **{Percent(winner.Accuracy)}** {Interval(winner)}, {Points(comparison.AccuracyDifference)} points {Interval(comparison)}: **{Judge(comparison.Judgement)}**.");
        Line(text, $"  {comparison.OnlyWinnerRight} images only the winner gets right, {comparison.OnlyBaselineRight} only the baseline (exact McNemar p {P(comparison.McnemarP)}).");
    }

    private static void Table(StringBuilder text, V1.RunReport report)
    {
        text.Append("\n## Accuracy and loss\n\nAccuracy in % with its Wilson 95 % interval; loss is the mean cross-entropy in nats.");
        V1.TemplateEvaluation?[] all = [report.BaselineEvaluation, report.WinnerEvaluation, report.SingleEvaluation, report.HandWrittenEvaluation];
        var templates = all.OfType<V1.TemplateEvaluation>().DistinctBy(evaluation => evaluation.Template).ToList();
        (string Name, Func<V1.TemplateEvaluation, V1.SplitScore?> Of)[] parts =
        [
            ("search (train)", evaluation => evaluation.Search),
            ("validation", evaluation => evaluation.Validation),
            (report.WinnerEvaluation.TestNovel is null ? "test" : "test, base", evaluation => evaluation.TestBase),
            ("test, novel", evaluation => evaluation.TestNovel),
        ];
        var calibrated = templates.Exists(evaluation => parts.Any(part => part.Of(evaluation) is { HasCalibrationError: true }));
        text.Append(calibrated ? " ECE is the expected calibration error in %, 15 bins.\n\n" : "\n\n");
        Line(text, $"| images | n | classes |{string.Concat(templates.Select(evaluation => $" {Markdown.Prompts(evaluation.Template)} |"))}");
        Line(text, $"|---|---:|---:|{string.Concat(Enumerable.Repeat("---:|", templates.Count))}");
        foreach (var (name, of) in parts)
        {
            if (of(report.WinnerEvaluation) is not { } shown) continue;
            var cells = templates.Select(evaluation => of(evaluation) is { } score
                ? string.Create(CultureInfo.InvariantCulture, $" {Percent(score.Accuracy)} {Interval(score)}, loss {score.Loss:0.0000}{(score.HasCalibrationError ? $", ECE {Percent(score.CalibrationError)}" : "")} |") : " – |");
            Line(text, $"| {name} | {shown.Images} | {shown.Classes} |{string.Concat(cells)}");
        }
        if (report.WinnerEvaluation.TestNovel is not null)
            Line(text, $"| harmonic mean | | |{string.Concat(templates.Select(evaluation => $" {Percent(evaluation.HarmonicMean)} |"))}");
    }

    private static void Best(StringBuilder text, V1.RunReport report)
    {
        text.Append("\n## The best templates on the search images\n\n| | template | accuracy | loss | step |\n|---:|---|---:|---:|---:|\n");
        for (var i = 0; i < report.BestTemplates.Count; i++)
        {
            var best = report.BestTemplates[i];
            Line(text, $"| {i + 1} | {Markdown.Code(best.Template)} | {Percent(best.Accuracy)} | {best.Loss:0.0000} | {(best.Step == 0 ? "start" : best.Step.ToString(CultureInfo.InvariantCulture))} |");
        }
    }

    private static void Curve(StringBuilder text, V1.RunReport report)
    {
        text.Append("\n## The search\n\n");
        Line(text, $"Best accuracy after each step, from {Percent(report.Curve[0].BestAccuracy)} to {Percent(report.Curve[^1].BestAccuracy)}:\n");
        Line(text, $"`{Markdown.Sparkline([.. report.Curve.Select(point => point.BestAccuracy)])}`\n");
        text.Append("| step | best accuracy | its loss |\n|---:|---:|---:|\n");
        V1.CurvePoint? before = null;
        foreach (var point in report.Curve)
        {
            var same = before is not null && before.BestAccuracy == point.BestAccuracy && before.BestLoss == point.BestLoss;
            before = point;
            if (!same || point == report.Curve[^1]) Line(text, $"| {point.Step} | {Percent(point.BestAccuracy)} | {point.BestLoss:0.0000} |");
        }
    }

    // A run with one proposer has nothing to compare.
    private static void Proposers(StringBuilder text, V1.RunReport report)
    {
        if (report.ProposerShares.Count < 2) return;
        text.Append("\n## Who found it\n\n");
        Line(text, $"{(report.WinnerProposer.Length == 0 ? "The baseline won; no proposer did." : $"The winner is by {Markdown.Escape(report.WinnerProposer)}.")} Gains are points of accuracy over the baseline on the search images; a template leads if it is the best so far when its step is scored.\n");
        text.Append("| proposer | answers | scored | refused | leads | best gain | its best template |\n|---|---:|---:|---:|---:|---:|---|\n");
        foreach (var share in report.ProposerShares)
            Line(text, $"| {Markdown.Escape(share.Proposer)} | {share.Answers} | {share.Scored} | {share.Refused} | {share.Leads} | {(share.Best is null ? "–" : Points(share.BestGain))} | {(share.Best is null ? "–" : Markdown.Code(share.Best.Template))} |");
    }

    private static void Facts(StringBuilder text, V1.RunReport report)
    {
        var (run, spending) = (report.Run, report.Run.Spending);
        text.Append("\n## How it was found\n\n| | |\n|---|---|\n");
        Row(text, "run", $"{Markdown.Escape(run.RunId)}, created {run.CreatedAt.ToDateTime():yyyy-MM-dd HH:mm:ss} UTC, running time {(long)run.Elapsed.ToTimeSpan().TotalHours}:{run.Elapsed.ToTimeSpan():mm\\:ss}");
        Row(text, "end", Markdown.Escape(run.Reason));
        Row(text, "settings", $"preset {Markdown.Escape(run.Settings.Preset)}, seed {run.Settings.Seed}, {(run.Settings.Shots == 0 ? "all training images" : $"{run.Settings.Shots} {(run.Settings.Shots == 1 ? "shot" : "shots")}")}, {(run.Settings.Classes == V1.ClassSelection.Base ? "base classes" : "all classes")}, {run.StepsCompleted} of {run.Settings.Steps} steps of {run.Settings.CandidatesPerStep} candidates, memory {run.Settings.MemorySize}{(run.Settings.EnsembleSize > 1 ? $", ensembles of up to {run.Settings.EnsembleSize}" : "")}{(run.Settings.ClassSentences ? ", sentences of classes" : "")}");
        Row(text, "selection rule", Markdown.Escape(report.SelectionRule));
        Row(text, "dataset", $"{Markdown.Escape(report.Dataset.Name)} ({report.Dataset.Layout}), {report.Dataset.ClassNames.Count} classes, {report.Dataset.TrainImages} training, {report.Dataset.ValidationImages} validation, {report.Dataset.TestImages} test images, digest {report.Dataset.Digest}");
        Row(text, "checkpoint", $"{Markdown.Escape(run.Model.Name)}, {Markdown.Escape(run.Model.ExecutionProvider)}, {Markdown.Escape(run.Model.Precision)}, pixels {Markdown.Escape(run.Model.PreprocessingVersion)}, digest {Markdown.Escape(run.Model.Digest)}");
        Row(text, "proposer", $"{Markdown.Escape(string.Join(", ", run.Proposers.Select(proposer => Named(proposer.Name, proposer.Model))))}, temperature {run.Settings.Temperature:0.##}");
        Row(text, "captioner", run.Captioner is { } captioner ? Markdown.Escape(Named(captioner.Name, captioner.Model)) : "none: the images were not described");
        if (report.Descriptions is { } descriptions) Row(text, "descriptions", DescriptionMarkdown.Fact(descriptions));
        Row(text, "templates", $"{run.TemplatesScored} scored; refused: {Counts(run.Refusals.Select(refused => (refused.Reason.ToString(), (long)refused.Count)))}");
        Row(text, "calls", $"{spending.Calls}; failed: {Counts(spending.Failures.Select(failed => (failed.Kind.ToString(), failed.Calls)))}");
        Row(text, "tokens", $"{spending.InputTokens} in, {spending.OutputTokens} out");
        Row(text, "money", string.Create(CultureInfo.InvariantCulture, $"{spending.CostMicroUsd / 1e6:0.000000} US dollars"));
        Row(text, "search images", $"{spending.ImagesCached} embeddings cached, {spending.ImagesEncoded} encoded");
        Row(text, "Ipo", report.IpoVersion);
    }

    private static string Title(V1.RunReport report)
    {
        if (report.Winner == report.BaselineEvaluation.Template) return "no template beats the baseline";
        if (report.TestBaseComparison is not { } onBase) return "no test images, no verdict";
        return report.TestNovelComparison is { } onNovel
            ? $"the winner is {Judge(onBase.Judgement)} on base classes, {Judge(onNovel.Judgement)} on novel ones"
            : $"the winner is {Judge(onBase.Judgement)}";
    }

    private static string Counts(IEnumerable<(string Name, long Count)> counts) =>
        string.Join(", ", counts.OrderBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => $"{pair.Count} {pair.Name}")) is { Length: > 0 } some ? some : "none";

    private static void Row(StringBuilder text, string name, string value) => Line(text, $"| {name} | {value} |");

    private static string Named(string name, string model) => model.Length == 0 || model == name ? name : $"{name} ({model})";
}
