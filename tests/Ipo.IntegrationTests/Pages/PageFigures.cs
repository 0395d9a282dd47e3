using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Ipo.V1;
using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests.Pages;

/// <summary>Every figure of a completed run's page beside the JSON that the page exports.</summary>
internal static class PageFigures
{
    private const int PageSize = 20;

    /// <summary>Compares them, one table after the other.</summary>
    /// <param name="page">The run's page.</param>
    /// <param name="json">What the page exports as report.</param>
    public static async Task AreTheReportsAsync(IPage page, string json)
    {
        var report = JsonParser.Default.Parse<RunReport>(JsonDocument.Parse(json).RootElement.GetProperty("report").GetRawText());
        await VerdictAsync(page, report.Run.Outcome);
        await ScoresAsync(page, report);
        await SameAsync(page, "finalists", report.Finalists, finalist =>
        [
            Amounts.Percent(finalist.Score.Accuracy), Amounts.Nats(finalist.Score.Loss),
            finalist.Comparison is { } beside
                ? $"{Amounts.Points(beside.AccuracyDifference)} ({Amounts.SignedRange(beside.DifferenceLow, beside.DifferenceHigh)})" : "",
            finalist.Comparison is null ? "" : Amounts.P(finalist.HolmP).TrimStart('=', ' '),
        ]);
        await SameAsync(page, "ensemble", report.Ensemble?.Steps ?? [], step => [step.Template, Amounts.Percent(step.Score.Accuracy)]);
        var ranked = report.Trajectory.OrderByDescending(scored => scored.Accuracy).ThenBy(scored => scored.Loss).Take(PageSize).ToList();
        var rows = await RowsAsync(page.Locator("table.templates"));
        Assert.Equal(
            ranked.Select(scored => new[]
            {
                scored.Step == 0 ? "baseline" : Text(scored.Step), Amounts.Percent(scored.Accuracy), Amounts.Nats(scored.Loss), scored.Template,
                scored.Proposer,
            }),
            rows);
        if (report.Explanation is { } why) await ExplanationAsync(page, why);
    }

    private static async Task VerdictAsync(IPage page, RunOutcome outcome)
    {
        await Assertions.Expect(page.Locator("p.verdict")).ToHaveTextAsync(OutcomeWords.Verdict(outcome));
        await Assertions.Expect(page.Locator("[data-figure=baseline-accuracy]")).ToHaveTextAsync(Amounts.Percent(outcome.BaselineScore.Accuracy));
        if (outcome.WinnerScore is not { } winner) return;
        await Assertions.Expect(page.Locator("[data-figure=winner-accuracy]")).ToHaveTextAsync(Amounts.Percent(winner.Accuracy));
        await Assertions.Expect(page.Locator("[data-figure=difference]")).ToHaveTextAsync(OutcomeWords.Difference(outcome.Comparison));
    }

    private static async Task ScoresAsync(IPage page, RunReport report)
    {
        var shown = await RowsAsync(page.Locator("section:has(> #scores) table"));
        var baseline = Assert.Single(shown, row => row[0].StartsWith("Baseline", StringComparison.Ordinal));
        Assert.Equal(Cells(report.BaselineEvaluation), baseline[1..4]);
        if (!report.Winner.Equals(report.BaselineEvaluation.PromptSet)) Assert.Equal(Cells(report.WinnerEvaluation), shown[0][1..4]);

        static string[] Cells(TemplateEvaluation of) => [Cell(of.Search), Cell(of.Validation), Cell(of.TestBase)];
        static string Cell(SplitScore? score) => score is null
            ? ""
            : $"{Amounts.Percent(score.Accuracy)} {Amounts.Range(score.AccuracyLow, score.AccuracyHigh)} loss {Amounts.Nats(score.Loss)} "
                + Amounts.Count(score.Images, "image");
    }

    private static async Task ExplanationAsync(IPage page, Explanation why)
    {
        await SameAsync(page, "words", why.Variations, variation => [Amounts.Points(variation.Effect.AccuracyDifference)]);
        await SameAsync(page, "classes", why.ClassChanges, change =>
            [change.ClassName, Text(change.Images), Text(change.BaselineRight), Text(change.WinnerRight)]);
        await SameAsync(page, "confusions", why.ConfusionChanges, change =>
            [change.ClassName, change.TakenFor, Text(change.BaselineImages), Text(change.WinnerImages)]);
        foreach (var gained in (bool[])[true, false])
            await Assertions.Expect(page.Locator($"section:has(> #flipped) li.{(gained ? "up" : "down")}"))
                .ToHaveCountAsync(Math.Min(24, why.FlippedImages.Count(image => image.Gained == gained)));
        var line = await page.Locator(".lineage li .note").AllInnerTextsAsync();
        Assert.Equal(
            why.Lineage.Select(ancestor => $"{Amounts.Percent(ancestor.Accuracy)}, loss {Amounts.Nats(ancestor.Loss)}"),
            line.Select(note => string.Join(", ", note.Split(", ")[^2..])));
        var templates = await page.Locator(".lineage li code").AllInnerTextsAsync();
        Assert.Equal(why.Lineage.Select(ancestor => ancestor.Template), templates.Select(text => text.Trim()));
    }

    // The first page of a table: each row has these cells, whatever stands between them.
    private static async Task SameAsync<T>(IPage page, string section, IReadOnlyList<T> expected, Func<T, string[]> cells)
    {
        if (expected.Count == 0) return;
        var rows = await RowsAsync(page.Locator($"section:has(> #{section}) table"));
        Assert.Equal(Math.Min(section == "classes" ? PageSize : int.MaxValue, expected.Count), rows.Length);
        foreach (var (row, one) in rows.Zip(expected))
            foreach (var cell in cells(one)) Assert.Contains(cell, row);
    }

    private static Task<string[][]> RowsAsync(ILocator table) => table.EvaluateAsync<string[][]>(
        @"table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText.replace(/\s+/g, ' ').trim()))");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
