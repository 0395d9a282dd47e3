using System.IO.Compression;
using System.Text.RegularExpressions;
using Ipo.IntegrationTests.Pages;
using Ipo.V1;
using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>The pages in a real browser on the real system, from an empty start to an export.</summary>
public sealed partial class PagesTests : BrowserTest
{
    private protected override async Task WriteAsync()
    {
        await BuiltPrograms.DrawAsync(Path.Combine(_folder, "neon"), Cancellation, "--style", "neon", "--category", "animal", "--count", "24");
        ZipFile.CreateFromDirectory(Path.Combine(_folder, "neon"), Path.Combine(_folder, "neon.zip"));
    }

    [Fact]
    public async Task A_person_uploads_starts_watches_understands_tries_compares_and_takes_it_along()
    {
        var page = await _chromium.PageAsync();
        await page.GotoAsync(Root.ToString());
        await Assertions.Expect(page.GetByText("No run yet.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Add your images" }).ClickAsync();
        await ChooseAsync(page.GetByLabel("Zip file"), Path.Combine(_folder, "neon.zip"));
        await Assertions.Expect(page.GetByLabel("Name").First).ToHaveAttributeAsync("placeholder", "neon"); // the server knows of the file
        await Button(page, "Upload and register").First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "neon" })).ToBeVisibleAsync();
        await SeenAsync(page.Locator("ul.images img").First);

        await page.GetByRole(AriaRole.Link, new() { Name = "Start a run" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Dataset")).ToHaveValueAsync("neon");
        await Assertions.Expect(page.Locator("aside dd").First).ToBeVisibleAsync();
        await page.GetByLabel("Minutes").FillAsync("90");
        await TheButtonStandsStillAsync(page);
        await page.WaitForURLAsync("**/runs/run-*");
        var first = page.Url.Split('/')[^1];

        // Live, paused and resumed, and over a crash of the orchestrator: nobody reloads the page.
        await Assertions.Expect(page.Locator("svg path.line").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("ul.budget")).ToContainTextAsync("of 1:30:00");
        await Button(page, "Pause").ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("paused");
        await EveryForm.NothingBarsTheWayAsync(page);
        await Button(page, "Resume").ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).Not.ToHaveTextAsync("paused");
        var killed = await _system.KillAsync("orchestrator", Cancellation);
        await _system.RestartedAsync("orchestrator", killed, Cancellation);
        await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("completed");
        await Assertions.Expect(page.Locator(".problem")).ToHaveCountAsync(0);

        var report = (await _system.Client.Reports.GetRunReportAsync(new() { RunId = first }, cancellationToken: Cancellation)).Report;
        using (var http = new HttpClient { BaseAddress = Root })
            await PageFigures.AreTheReportsAsync(page, await http.GetStringAsync(new Uri($"/runs/{first}/export/report", UriKind.Relative), Cancellation));
        if (report.Explanation is { FlippedImages.Count: > 0 }) await SeenAsync(page.Locator("#flipped ~ ul.images img").First);
        await Button(page, "Show").ClickAsync();
        await Assertions.Expect(page.Locator(".transcript").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Try it on images" }).ClickAsync();
        var image = Directory.EnumerateFiles(_folder, "*.png", SearchOption.AllDirectories).Order().First();
        await ChooseAsync(page.GetByLabel("Images, at most"), image);
        await Assertions.Expect(page.Locator("ul.bars")).ToHaveCountAsync(2);
        await page.GetByLabel("Template, with").FillAsync("a neon sign of a <CLASS>.");
        await Button(page, "Score it").ClickAsync();
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("a neon sign of a <CLASS>.");
        await EveryForm.NothingBarsTheWayAsync(page);

        await page.GotoAsync(new Uri(Root, $"/new?from={first}").ToString());
        await Assertions.Expect(page.GetByLabel("Steps", new() { Exact = true })).ToHaveValueAsync("12");
        await page.GetByLabel("Seed").FillAsync("2"); // among the advanced ones, which are unfolded where they are taken over
        await Button(page, "Start the run").ClickAsync();
        await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Runs" }).ClickAsync();
        await Assertions.Expect(page.Locator("table.runs tbody tr")).ToHaveCountAsync(2);
        foreach (var box in await page.Locator("table.runs input").AllAsync()) await box.CheckAsync();
        await Button(page, "Compare 2 runs").ClickAsync();
        await Assertions.Expect(page.Locator("tr.differs th", new() { HasTextString = "Seed" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("svg path.line")).ToHaveCountAsync(2);
        await EveryForm.NothingBarsTheWayAsync(page);

        await ARunOfAnEnsembleAndNovelClassesShowsItsFiguresAsync();
        await TheReportIsOneFileAsync(first, report);
        await ARunThatGoesOnIsDescribedAsync();
        await NothingBarsTheWayAsync(
            "/", $"/runs/{first}", "/new", $"/new?from={first}", "/datasets", "/datasets/neon", "/system", $"/runs/{first}/try", "/compare",
            $"/runs/{first}/report.html", "/sign-in", "/nothing-here");
        await TheKeyboardSufficesAsync();
    }

    // Words that come and go beside fields must not move the button under a pointer that is pressed: the click would meet nothing.
    private static async Task TheButtonStandsStillAsync(IPage page)
    {
        var (steps, start) = (page.GetByLabel("Steps", new() { Exact = true }), Button(page, "Start the run"));
        async Task<float> TopAsync() => (await start.BoundingBoxAsync())!.Y;
        await Assertions.Expect(page.Locator("p.field.problem")).ToHaveCountAsync(0);
        var top = await TopAsync();
        await steps.FillAsync("many");
        await Assertions.Expect(page.GetByText("'many' is no number")).ToBeVisibleAsync();
        Assert.Equal(top, await TopAsync());
        await steps.FillAsync("0");
        await Assertions.Expect(page.GetByText("'many' is no number")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("p.field.problem")).ToBeVisibleAsync(); // the orchestrator's words, beside the field
        Assert.Equal(top, await TopAsync());
        await start.HoverAsync();
        await page.Mouse.DownAsync();
        await steps.EvaluateAsync("field => { field.value = '12'; field.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Assertions.Expect(page.Locator("p.field.problem")).ToHaveCountAsync(0); // while it is pressed
        await page.Mouse.UpAsync();
    }

    private async Task ARunOfAnEnsembleAndNovelClassesShowsItsFiguresAsync()
    {
        var run = await EnsembleAsync();
        var page = await _chromium.PageAsync();
        await page.GotoAsync(new Uri(Root, $"/runs/{run}").ToString());
        await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();
        using var http = new HttpClient { BaseAddress = Root };
        await PageFigures.AreTheReportsAsync(page, await http.GetStringAsync(new Uri($"/runs/{run}/export/report", UriKind.Relative), Cancellation));
        await Assertions.Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Harmonic mean" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("section:has(> #ensemble) tbody tr").Nth(1)).ToBeVisibleAsync();
    }

    // Not every search finds templates that are better together.
    private async Task<string> EnsembleAsync()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var settings = new RunSettings { Dataset = "neon", Classes = ClassSelection.Base, EnsembleSize = 4, Seed = seed, Steps = 10 };
            await _system.Client.Runs.CreateRunAsync(new() { RunId = $"ensemble-{seed}", Settings = settings }, cancellationToken: Cancellation);
            await RunningSystem.UntilAsync(
                async () => (await _system.Client.Runs.GetRunAsync(new() { RunId = $"ensemble-{seed}" }, cancellationToken: Cancellation)).Run.State is RunState.Completed,
                Cancellation);
            if ((await _system.Client.Reports.GetRunReportAsync(new() { RunId = $"ensemble-{seed}" }, cancellationToken: Cancellation)).Report.Ensemble is not null)
                return $"ensemble-{seed}";
        }
        throw new InvalidOperationException("None of ten seeds finds an ensemble.");
    }

    private async Task ARunThatGoesOnIsDescribedAsync()
    {
        await _system.Client.Runs.CreateRunAsync(
            new() { RunId = "live", Settings = new() { Dataset = "neon", ClassSentences = true, Steps = 9_000, Patience = 0 } }, cancellationToken: Cancellation);
        var page = await _chromium.PageAsync();
        await page.GotoAsync(new Uri(Root, "/runs/live").ToString());
        await RunningSystem.UntilAsync(
            async () => (await _system.Client.Runs.GetRunAsync(new() { RunId = "live" }, cancellationToken: Cancellation)).Run.StepsCompleted > 0, Cancellation);
        var described = (await _system.Client.Runs.ListDescriptionsAsync(new() { RunId = "live" }, cancellationToken: Cancellation)).Descriptions;
        Assert.NotEmpty(described);
        await Assertions.Expect(page.Locator("section:has(> #descriptions) > p").First).ToHaveTextAsync($"{Amounts.Count(described.Count, "image")} described.");
        var items = page.Locator("ul.described li");
        await Assertions.Expect(items).ToHaveCountAsync(Math.Min(12, described.Count));
        for (var place = 0; place < Math.Min(12, described.Count); place++)
        {
            await Assertions.Expect(items.Nth(place)).ToContainTextAsync(described[place].Description);
            await Assertions.Expect(items.Nth(place).Locator("img")).ToHaveAttributeAsync("src", $"/thumbnails/neon/{described[place].Sha256}");
            await Assertions.Expect(items.Nth(place).Locator("img")).ToHaveAttributeAsync("alt", described[place].ClassName);
        }
        await SeenAsync(items.First.Locator("img"));
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("running");
        await EveryForm.NothingBarsTheWayAsync(page);
        await Button(page, "Cancel the run").ClickAsync();
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("cancelled");
    }

    private async Task TheReportIsOneFileAsync(string run, RunReport report)
    {
        using var http = new HttpClient { BaseAddress = Root };
        var html = await http.GetStringAsync(new Uri($"/runs/{run}/report.html", UriKind.Relative), Cancellation);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Fetched().Matches(html).Select(match => match.Value)); // nothing is fetched from anywhere
        Assert.Contains("<svg", html, StringComparison.Ordinal);
        var file = Path.Combine(_folder, "report.html");
        await File.WriteAllTextAsync(file, html, Cancellation);
        var offline = await _chromium.PageAsync(scripts: false);
        await offline.GotoAsync($"file://{file}");
        await Assertions.Expect(offline.Locator("p.verdict")).ToHaveTextAsync(OutcomeWords.Verdict(report.Run.Outcome));

        var templates = await http.GetStringAsync(new Uri($"/runs/{run}/export/open_clip", UriKind.Relative), Cancellation);
        Assert.Contains("{}", templates, StringComparison.Ordinal);
        var refused = await http.GetAsync(new Uri($"/runs/{run}/export/nothing", UriKind.Relative), Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, refused.StatusCode);
    }

    private async Task NothingBarsTheWayAsync(params string[] addresses)
    {
        var page = await _chromium.PageAsync();
        foreach (var address in addresses)
        {
            await page.GotoAsync(new Uri(Root, address).ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
            await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
            await EveryForm.NothingBarsTheWayAsync(page);
        }
        await page.Context.CloseAsync();
    }

    private async Task TheKeyboardSufficesAsync()
    {
        var page = await _chromium.PageAsync();
        await page.GotoAsync(Root.ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
        // A page begins at its heading; the way back leads through the navigation.
        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();
        foreach (var name in (string[])["System", "Datasets", "New run"])
        {
            await page.Keyboard.PressAsync("Shift+Tab");
            await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First).ToBeFocusedAsync();
        }
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "New run" })).ToBeFocusedAsync();
        var (dataset, preset) = (page.Locator("select").Nth(0), page.Locator("select").Nth(1));
        foreach (var field in (ILocator[])[dataset, preset])
        {
            await Assertions.Expect(field).ToBeEnabledAsync();
            await page.Keyboard.PressAsync("Tab");
            await Assertions.Expect(field).ToBeFocusedAsync();
        }
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(preset).Not.ToHaveValueAsync("robust");
        await page.Keyboard.PressAsync("ArrowUp");
        var (steps, start) = (page.GetByLabel("Steps", new() { Exact = true }), page.Locator(".start fluent-button"));
        await TabToAsync(page, steps);
        await page.Keyboard.TypeAsync("2");
        await TabToAsync(page, start);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();
    }

    private static async Task TabToAsync(IPage page, ILocator goal)
    {
        for (var press = 0; press < 60; press++)
        {
            if (await goal.EvaluateAsync<bool>("element => element === document.activeElement")) return;
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"No Tab leads to {goal}.");
    }

    // Playwright would put the file into an input that nobody can use yet.
    private static async Task ChooseAsync(ILocator input, string file)
    {
        await Assertions.Expect(input).ToBeEnabledAsync();
        await input.SetInputFilesAsync(file);
    }

    // Its role is set by script, where Playwright does not look for it.
    private static ILocator Button(IPage page, string text) => page.Locator("fluent-button", new() { HasTextString = text });

    private static async Task SeenAsync(ILocator image)
    {
        await image.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(image).ToHaveJSPropertyAsync("complete", true);
        await RunningSystem.UntilAsync(async () => await image.EvaluateAsync<int>("image => image.naturalWidth") > 0, Cancellation);
    }

    [GeneratedRegex("""(src|href)="(?!data:|#)[^"]*"|url\((?!data:)""")]
    private static partial Regex Fetched();
}
