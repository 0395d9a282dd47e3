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
        var written = JsonDocument.Parse(json).RootElement.GetProperty("report");
        var report = JsonParser.Default.Parse<RunReport>(written.GetRawText());
        await VerdictAsync(page, report.Run.Outcome);
        await ScoresAsync(page, report);
        await SameAsync(page, "finalists", report.Finalists, finalist =>
        [
            Amounts.Percent(finalist.Score.Accuracy), Amounts.Nats(finalist.Score.Loss),
            finalist.Comparison is { } beside
                ? $"{Amounts.Points(beside.AccuracyDifference)} ({Amounts.SignedRange(beside.DifferenceLow, beside.DifferenceHigh)})" : "",
            finalist.Comparison is null ? "" : Amounts.P(finalist.HolmP).TrimStart('=', ' '),
        ]);
        if (report.Ensemble is { } grown) await EnsembleAsync(page, grown);
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
        await SearchAsync(page, report);
        await SettingsAndCostAsync(page, report.Run, written.GetProperty("run").GetProperty("settings"));
        await ExportsAsync(page, report);
    }

    private static async Task VerdictAsync(IPage page, RunOutcome outcome)
    {
        await Assertions.Expect(page.Locator("p.verdict")).ToHaveTextAsync(OutcomeWords.Verdict(outcome));
        await Assertions.Expect(page.Locator("[data-figure=baseline-accuracy]")).ToHaveTextAsync(Amounts.Percent(outcome.BaselineScore.Accuracy));
        var ranges = (await RowsAsync(page.Locator("section.answer table"))).Select(row => row[^1]);
        Assert.Equal(
            new[] { outcome.WinnerScore, outcome.BaselineScore }.OfType<SplitScore>()
                .Select(score => Amounts.Range(score.AccuracyLow, score.AccuracyHigh)),
            ranges);
        if (outcome.Comparison is { } compared)
            await Assertions.Expect(page.Locator("section.answer > p:has([data-figure=difference])")).ToContainTextAsync(
                $"alone is right on {Amounts.Count(compared.OnlyWinnerRight, "image")}, the baseline alone on {Amounts.Count(compared.OnlyBaselineRight)}.");
        if (outcome is { NovelComparison: { } novel, NovelWinnerScore: { } novelWinner, NovelBaselineScore: { } novelBaseline })
            await Assertions.Expect(page.Locator("section.answer > p:has(> strong:text-is('Classes that the search never saw'))")).ToContainTextAsync(
                $"{Amounts.Percent(novelBaseline.Accuracy)} → {Amounts.Percent(novelWinner.Accuracy)}, {OutcomeWords.Difference(novel)}.");
        if (outcome.WinnerScore is not { } winner) return;
        await Assertions.Expect(page.Locator("[data-figure=winner-accuracy]")).ToHaveTextAsync(Amounts.Percent(winner.Accuracy));
        await Assertions.Expect(page.Locator("[data-figure=difference]")).ToHaveTextAsync(OutcomeWords.Difference(outcome.Comparison));
    }

    private static async Task ScoresAsync(IPage page, RunReport report)
    {
        var hasNovel = report.BaselineEvaluation.TestNovel is not null;
        var isBaseline = report.Winner.Equals(report.BaselineEvaluation.PromptSet);
        var expected = new (string Name, TemplateEvaluation? Of)[]
        {
            (report.Verdict.Judgement is Judgement.Better ? "Winner" : "Best found", isBaseline ? null : report.WinnerEvaluation),
            ("Baseline", report.BaselineEvaluation), ("Best template alone", report.SingleEvaluation), ("Hand-written", report.HandWrittenEvaluation),
        }.Where(one => one.Of is not null).ToList();
        var shown = await RowsAsync(page.Locator("section:has(> #scores) table"));
        Assert.Equal(expected.Select(one => Cells(one.Of!)), shown.Select(row => row[1..]));
        foreach (var (row, one) in shown.Zip(expected)) Assert.StartsWith(one.Name, row[0], StringComparison.Ordinal);

        string[] Cells(TemplateEvaluation of) =>
        [
            Cell(of.Search), Cell(of.Validation), Cell(of.TestBase),
            .. hasNovel ? new[] { Cell(of.TestNovel), Amounts.Percent(of.HarmonicMean) } : [],
        ];

        static string Cell(SplitScore? score) => score is null
            ? ""
            : $"{Amounts.Percent(score.Accuracy)} {Amounts.Range(score.AccuracyLow, score.AccuracyHigh)} loss {Amounts.Nats(score.Loss)} "
                + Amounts.Count(score.Images, "image");
    }

    private static async Task EnsembleAsync(IPage page, Ensemble grown)
    {
        await SameAsync(page, "ensemble", [.. grown.Steps.Index()], step =>
        [
            step.Item.Template, Amounts.Percent(step.Item.Score.Accuracy), step.Index == 0 ? "" : Amounts.Points(step.Item.AccuracyGain),
            step.Index == 0 ? "" : Amounts.Nats(step.Item.LossGain),
        ]);
        var beside = page.Locator("section:has(> #ensemble) > p");
        await Assertions.Expect(beside).ToContainTextAsync($"{OutcomeWords.Difference(grown.ChoosingComparison)} on the selection images");
        if (grown.TestBaseComparison is { } tested)
            await Assertions.Expect(beside).ToContainTextAsync($"{OutcomeWords.Difference(tested)} on the test images");
        await Assertions.Expect(page.Locator("section:has(> #ensemble)"))
            .ToContainTextAsync($"{Amounts.Count(grown.SetsTried, "set")} compared on the way");
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

    private static async Task SearchAsync(IPage page, RunReport report)
    {
        Assert.Equal(
            report.ProposerShares.Select(share => new[]
            {
                RunWords.Named(share.Proposer, share.Model), Text(share.Answers), Text(share.Scored), Text(share.Refused), Text(share.Leads),
                share.Best is { } best ? $"{Amounts.Percent(best.Accuracy)} {best.Template}" : "",
            }),
            await RowsAsync(page.Locator("section:has(> #search) table:not(.templates)")));
        foreach (var refused in report.Run.Refusals)
            await Assertions.Expect(page.Locator("section:has(> #search) > p:has(> strong:text-is('Refused'))"))
                .ToContainTextAsync($"{Amounts.Count(refused.Count)} {Wording.Of(refused.Reason)}");
        if (report.SearchTest is { } test)
            await Assertions.Expect(page.Locator("section:has(> #chance) > p")).ToContainTextAsync(
                $"The best of {Amounts.Count(test.Templates, "template")} gained {Amounts.Points(test.LargestGain)} on the search images; "
                    + $"if none were better, the largest gain would be as large with p {Amounts.P(test.P)}.");
    }

    // All that stands there, and nothing else. Settings are those of the JSON, in its own names.
    private static async Task SettingsAndCostAsync(IPage page, Run run, JsonElement settings)
    {
        var (spent, elapsed) = (run.Spending, run.Elapsed.ToTimeSpan());
        var spending = $"{Amounts.Count(spent.Calls, "call")}"
            + (spent.InputTokens + spent.OutputTokens > 0 ? $", {Amounts.Count(spent.InputTokens + spent.OutputTokens, "token")}" : "")
            + $", {Amounts.Money(spent.CostMicroUsd)}";
        var expected = settings.EnumerateObject().Select(setting => (Name: Words(setting.Name), Value: Value(setting)))
            .Where(setting => setting.Value.Length > 0)
            .Append(("Checkpoint", $"{run.Model.Name} ({run.Model.Device}, {run.Model.Precision})"))
            .Append(("Proposers", string.Join(", ", run.Proposers.Select(one => RunWords.Named(one.Name, one.Model)))))
            .Append(("Captioner", run.Captioner is { } captioner ? RunWords.Named(captioner.Name, captioner.Model) : "none"))
            .Append(("Spent", spending))
            .Append(("Images", $"{Amounts.Count(spent.ImagesEncoded)} encoded, {Amounts.Count(spent.ImagesCached)} cached"))
            .Append(("Running time", Amounts.Clock(elapsed)));
        if (spent.Failures.Count > 0)
            expected = expected.Append((
                "Failed calls", string.Join(", ", spent.Failures.Select(one => $"{Amounts.Count(one.Calls)} {Wording.Of(one.Kind)}"))));
        var shown = await page.Locator("section:has(> #settings) dl.facts > div").EvaluateAllAsync<string[][]>(
            "facts => facts.map(fact => [fact.querySelector('dt').innerText, fact.querySelector('dd').innerText])");
        Assert.Equal(
            expected.Select(fact => $"{fact.Item1}: {fact.Item2}").Order(StringComparer.Ordinal),
            shown.Where(fact => fact[0] != "Created").Select(fact => $"{fact[0]}: {fact[1]}").Order(StringComparer.Ordinal));
        await Assertions.Expect(page.Locator("section:has(> #settings) time"))
            .ToHaveAttributeAsync("datetime", run.CreatedAt.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        await Assertions.Expect(page.Locator("section.answer > p:has(> strong:text-is('Cost'))"))
            .ToContainTextAsync($"Cost {spending}, {Amounts.Spell(elapsed)} of work.");
    }

    private static string Words(string setting) =>
        char.ToUpperInvariant(setting[0])
            + string.Concat(setting[1..].Select(sign => char.IsUpper(sign) ? $" {char.ToLowerInvariant(sign)}" : $"{sign}"));

    private static string Value(JsonProperty setting) => setting switch
    {
        { Value.ValueKind: JsonValueKind.True } => "yes",
        { Value.ValueKind: JsonValueKind.False } => "no",
        { Value.ValueKind: JsonValueKind.Number } => setting.Value.GetRawText(),
        { Name: "classes" } => setting.Value.GetString()!.Split('_')[^1].ToLowerInvariant(),
        { Value.ValueKind: JsonValueKind.String } => setting.Value.GetString()!, // of 64 bits are numbers too
        { Name: "proposers" } => string.Join(", ", setting.Value.EnumerateArray().Select(one => one.GetProperty("name").GetString())),
        { Name: "budget" } => string.Join(", ", setting.Value.EnumerateObject().Select(limit => limit.Name switch
        {
            "calls" => Amounts.Count(long.Parse(limit.Value.GetString()!, CultureInfo.InvariantCulture), "call"),
            "tokens" => Amounts.Count(long.Parse(limit.Value.GetString()!, CultureInfo.InvariantCulture), "token"),
            "costMicroUsd" => Amounts.Money(long.Parse(limit.Value.GetString()!, CultureInfo.InvariantCulture)),
            "duration" when limit.Value.ValueKind is JsonValueKind.String => Amounts.Clock(TimeSpan.FromSeconds(
                double.Parse(limit.Value.GetString()![..^1], CultureInfo.InvariantCulture))),
            _ => "",
        }).Where(limit => limit.Length > 0)),
        { Value.ValueKind: JsonValueKind.Null } => "",
        _ => throw new InvalidOperationException($"The report's setting {setting.Name} is {setting.Value}, which no page is known to show."),
    };

    // Each form has a link, and what hangs at it is of this report.
    private static async Task ExportsAsync(IPage page, RunReport report)
    {
        var run = report.Run.RunId;
        var links = await page.Locator("section:has(> #export) li").EvaluateAllAsync<string[][]>(
            "items => items.map(item => [item.querySelector('a').getAttribute('href'), item.innerText])");
        Assert.Equal(
            ((string[])["report.html", "report.md", .. ExportFormats.ByName.Keys.Select(name => $"export/{name}")]).Select(file => $"/runs/{run}/{file}"),
            links.Select(link => link[0]));
        foreach (var (name, format) in ExportFormats.ByName)
            Assert.Contains($"{name} — {Wording.Of(format)}", links.Select(link => link[1]));
        using var http = new HttpClient { BaseAddress = new(page.Url) };
        foreach (var link in links) Assert.NotEmpty(await http.GetByteArrayAsync(new Uri(link[0], UriKind.Relative)));

        var templates = JsonDocument.Parse(await TextAsync("export/open_clip")).RootElement.EnumerateArray().Select(one => one.GetString());
        Assert.Equal(
            report.Run.Outcome.Recommended.Templates.Select(template => template.Replace("<CLASS>", "{}", StringComparison.Ordinal)), templates);
        Assert.Equal(1 + report.Trajectory.Count, (await TextAsync("export/candidates")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var search = JsonDocument.Parse(await TextAsync("export/search")).RootElement.GetProperty("trajectory").EnumerateArray();
        Assert.Equal(
            report.Trajectory.Select(scored => (scored.Template, scored.Accuracy, scored.Loss)),
            search.Select(one =>
                (one.GetProperty("template").GetString()!, one.GetProperty("accuracy").GetDouble(), one.GetProperty("loss").GetDouble())));

        Task<string> TextAsync(string file) => http.GetStringAsync(new Uri($"/runs/{run}/{file}", UriKind.Relative));
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
