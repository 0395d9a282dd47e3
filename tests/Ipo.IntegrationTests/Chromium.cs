using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>A real browser.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    // Far above what anything here takes: a busy machine must not fail a test.
    public const int Patience = 120_000;

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Where it is; null where it is not installed.</summary>
    public static string? Program => Array.Find(Places, File.Exists);

    /// <summary>Starts it; skips the test if it is not installed.</summary>
    public static async Task<Chromium> StartAsync()
    {
        SkipWithout();
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
        });
        return new(playwright, browser);
    }

    /// <summary>Skips the test if it is not installed.</summary>
    public static void SkipWithout()
    {
        if (Program is null) Assert.Skip("No Chromium on this machine; install the package 'chromium'.");
    }

    /// <summary>Opens an empty page in a context of its own.</summary>
    public async Task<IPage> PageAsync(ColorScheme scheme = ColorScheme.Light, int width = 1440, bool scripts = true, int height = 900)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = height },
            JavaScriptEnabled = scripts,
        });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        // What a test that fails has to say besides "not found".
        page.Console += (_, message) => { if (message.Type is "error" or "warning") Say($"{message.Type} {message.Text}"); };
        page.PageError += (_, error) => Say($"script {error}");
        page.WebSocket += (_, socket) => socket.Close += (_, _) => Say($"closed {socket.Url}");
        return page;
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine($"browser {DateTime.UtcNow:HH:mm:ss.fff}: {line}");

    /// <summary>What axe-core finds serious or critical on a page.</summary>
    public static async Task<IReadOnlyList<string>> BarriersAsync(IPage page)
    {
        var result = await page.RunAxe();
        return [.. result.Violations.Where(violation => violation.Impact is "serious" or "critical")
            .SelectMany(violation => violation.Nodes.Select(node =>
                $"{violation.Id}: {node.Target} {node.Html}: {string.Join("; ", node.Any.Select(check => check.Message))}"))];
    }

    /// <summary>With IPO_SCREENSHOTS=FOLDER leaves a picture of a page there; the ones in docs/images are made so.</summary>
    public static async Task KeepAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("IPO_SCREENSHOTS") is not { Length: > 0 } folder) return;
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
