using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>Aspire's dashboard in a real browser, after the main job. With IPO_SCREENSHOTS=FOLDER it leaves pictures of its pages there,
/// light and dark; the ones in docs/images are made so.</summary>
public sealed class DashboardTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_dashboard_shows_resources_the_graph_one_trace_a_run_its_logs_and_metrics()
    {
        await using var chromium = await Chromium.StartAsync();
        await using var system = await RunningSystem.StartAsync(Cancellation, ("IPO_SAMPLE", ""));
        Assert.Equal(0, await system.EndedAsync("sample", Cancellation));
        await RunningSystem.UntilAsync(async () => (await system.SpansAsync(Cancellation)).Any(span => span is { Name: "run", ParentId: "" }), Cancellation);

        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            var page = await chromium.PageAsync(scheme);
            await page.GotoAsync((await system.DashboardAsync(Cancellation)).ToString());

            foreach (var name in (string[])[.. system.Services, "sample"])
                await Assertions.Expect(page.GetByText(name, new() { Exact = true }).First).ToBeVisibleAsync();
            await Assertions.Expect(page.GetByText("Latest report").First).ToBeVisibleAsync();
            await KeepAsync(page, scheme, "resources");

            await page.GetByRole(AriaRole.Tab, new() { Name = "Graph" }).ClickAsync();
            await Assertions.Expect(page.Locator("svg").GetByText("orchestrator", new() { Exact = true }).First).ToBeVisibleAsync();
            await page.WaitForTimeoutAsync(2000); // the graph moves into place
            await KeepAsync(page, scheme, "graph");

            await page.GotoAsync(new Uri(new Uri(page.Url), "/traces").ToString());
            await page.GetByText("orchestrator: run", new() { Exact = true }).First.ClickAsync();
            await Assertions.Expect(page.GetByText("ipo.scorer.v1.ClipScorerService/GetModel", new() { Exact = true }).First).ToBeVisibleAsync();
            await KeepAsync(page, scheme, "trace");
            await page.Locator("input[placeholder='Filter...']").FillAsync("step 20");
            await Assertions.Expect(page.GetByText("step 20", new() { Exact = true }).First).ToBeVisibleAsync();

            await page.GotoAsync(new Uri(new Uri(page.Url), "/structuredlogs").ToString());
            await Assertions.Expect(page.GetByText("Loaded ipo-tiny").First).ToBeVisibleAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "0 of 20 steps done" }).GetByRole(AriaRole.Link)).ToBeVisibleAsync(); // to its trace
            await KeepAsync(page, scheme, "structured-logs");

            await page.GotoAsync(new Uri(new Uri(page.Url), "/metrics/resource/clip-scorer").ToString());
            await Assertions.Expect(page.GetByText("Ipo.ClipScorer").First).ToBeVisibleAsync();
            await KeepAsync(page, scheme, "metrics");
        }
    }

    private static Task KeepAsync(IPage page, ColorScheme scheme, string name) =>
        Chromium.KeepAsync(page, $"dashboard-{name}-{scheme.ToString().ToLowerInvariant()}");
}
