using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>The host's page in a real browser.</summary>
public sealed class PageTests
{
    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly string[] Services = ["redis", "clip-scorer", "captioner", "prompt-gen", "orchestrator"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_shows_resources_logs_and_traces()
    {
        var chromium = Browsers.FirstOrDefault(File.Exists);
        if (chromium is null) Assert.Skip("No Chromium on this machine; install the package 'chromium'.");
        await using var system = await RunningSystem.StartAsync(Cancellation);
        await system.IpoAsync(Cancellation, "runs");

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
        });
        var page = await browser.NewPageAsync();
        var errors = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") errors.Add(message.Text); };
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync(system.Page.ToString());

        foreach (var name in Services)
            await Assertions.Expect(page.Locator("body")).ToContainTextAsync(name);
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("5 of 5 healthy");
        await page.GetByRole(AriaRole.Link, new() { Name = "Logs", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("Loaded ipo-tiny");
        await page.GetByRole(AriaRole.Link, new() { Name = "Traces", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("ListRuns");
        Assert.Empty(errors);
    }
}
