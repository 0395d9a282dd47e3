using System.IO.Compression;
using System.Text.RegularExpressions;
using Ipo.IntegrationTests.Pages;
using Ipo.V1;
using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>Takes the pictures of the pages that the documentation shows, from the real system with what is embedded, on drawn images.
/// IPO_SCREENSHOTS=FOLDER says where they go; without it they are only tried.</summary>
public sealed partial class ScreenshotsTests : BrowserTest
{
    private const int Width = 1280, Height = 800, PhoneWidth = 400;
    private const int LargestBytes = 150_000, LargestOfAll = 1_500_000;

    private readonly Dictionary<string, long> _taken = [];

    private string Target => Environment.GetEnvironmentVariable("IPO_SCREENSHOTS") is { Length: > 0 } folder ? folder : _folder;

    private protected override async Task WriteAsync()
    {
        var pictures = Path.Combine(_folder, "neon-animals");
        await BuiltPrograms.DrawAsync(pictures, Cancellation, "--style", "neon", "--category", "animal", "--count", "60");
        ZipFile.CreateFromDirectory(pictures, pictures + ".zip");
    }

    [Fact]
    public async Task Every_picture_of_a_page_that_the_documentation_shows_is_taken_and_small()
    {
        var page = await _chromium.PageAsync(width: Width, height: Height);
        await GoAsync(page, "/datasets");
        await ChooseAsync(page.GetByLabel("Zip file"), Path.Combine(_folder, "neon-animals.zip"), page.Locator("input[placeholder=neon-animals]"));
        await page.Locator("fluent-button", new() { HasTextString = "Upload and register" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "neon-animals" })).ToBeVisibleAsync();
        await page.SetViewportSizeAsync(900, 600); // a row of photographs takes more bytes than all else
        await TakeAsync(page, "page-dataset");
        await page.SetViewportSizeAsync(Width, Height);
        await GoAsync(page, "/datasets");
        await TakeAsync(page, "page-datasets");

        await GoAsync(page, "/new?dataset=neon-animals");
        await Assertions.Expect(page.Locator("aside dd").First).ToBeVisibleAsync();
        await TakeAsync(page, "page-new");

        await StartAsync("first", seed: 1, steps: 50);
        await GoAsync(page, "/runs/first");
        await RunningSystem.UntilAsync(async () => (await RunAsync("first")).StepsCompleted >= 8, Cancellation);
        await Assertions.Expect(page.Locator("svg path.line").First).ToBeVisibleAsync();
        await TakeAsync(page, "page-live");
        await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();
        Assert.Equal(Judgement.Better, (await RunAsync("first")).Outcome.Verdict.Judgement);
        await TakeAsync(page, "page-verdict");
        await TakeAsync(page, "page-report", "#words");
        await TakeAsync(page, "page-export", "#export");

        var dark = await _chromium.PageAsync(ColorScheme.Dark, Width, height: Height);
        await GoAsync(dark, "/runs/first");
        await TakeAsync(dark, "page-verdict-dark");
        var phone = await _chromium.PageAsync(width: PhoneWidth, height: Height);
        await GoAsync(phone, "/runs/first");
        await TakeAsync(phone, "page-verdict-phone");

        await GoAsync(page, "/runs/first/try");
        var image = Directory.EnumerateFiles(Path.Combine(_folder, "neon-animals"), "*.png", SearchOption.AllDirectories).Order().First();
        await ChooseAsync(page.GetByLabel("Images, at most"), image, page.Locator("ul.bars").Nth(1));
        await TakeAsync(page, "page-try");

        await StartAsync("second", seed: 2, steps: 5);
        await GoAsync(page, "/runs/second");
        await Assertions.Expect(page.Locator("p.verdict")).ToBeVisibleAsync();
        await GoAsync(page, "/");
        await TakeAsync(page, "page-runs");
        foreach (var box in await page.Locator("table.runs input").AllAsync()) await box.CheckAsync();
        await page.Locator("fluent-button", new() { HasTextString = "Compare 2 runs" }).ClickAsync();
        await Assertions.Expect(page.Locator("svg path.line")).ToHaveCountAsync(2);
        await TakeAsync(page, "page-compare");
        await GoAsync(page, "/system");
        await TakeAsync(page, "page-system");

        Assert.All(_taken, picture => Assert.True(picture.Value < LargestBytes, $"{picture.Key} has {picture.Value} bytes; {LargestBytes} are allowed."));
        Assert.True(_taken.Values.Sum() < LargestOfAll, $"They have {_taken.Values.Sum()} bytes together; {LargestOfAll} are allowed.");
        var shown = Directory.EnumerateFiles(Path.Combine(Tests.Shared.Repository, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Tests.Shared.Repository, "README.md")).SelectMany(file => Shown().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));
        Assert.Equal([], shown.Distinct().Except(_taken.Keys));
    }

    private async Task GoAsync(IPage page, string address)
    {
        await page.GotoAsync(new Uri(Root, address).ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
    }

    // A file that is chosen before the page listens is lost, and nothing says when it does.
    private static async Task ChooseAsync(ILocator input, string file, ILocator taken)
    {
        await Assertions.Expect(input).ToBeEnabledAsync();
        await RunningSystem.UntilAsync(
            async () =>
            {
                await input.SetInputFilesAsync(Array.Empty<string>());
                await input.SetInputFilesAsync(file);
                try { await taken.WaitForAsync(new() { Timeout = 10_000 }); }
                catch (TimeoutException) { return false; }
                return true;
            },
            Cancellation);
    }

    private async Task StartAsync(string id, long seed, int steps) => await _system.Client.Runs.CreateRunAsync(
        new() { RunId = id, Settings = new() { Dataset = "neon-animals", Seed = seed, Steps = steps } }, cancellationToken: Cancellation);

    private async Task<Run> RunAsync(string id) => (await _system.Client.Runs.GetRunAsync(new() { RunId = id }, cancellationToken: Cancellation)).Run;

    private async Task TakeAsync(IPage page, string name, string? from = null)
    {
        await page.EvaluateAsync("from => from ? document.querySelector(from).scrollIntoView() : scrollTo(0, 0)", from);
        // Pictures that are out of sight come once they are near.
        await page.WaitForFunctionAsync(
            """
            [...document.images].every(image => {
                const place = image.getBoundingClientRect();
                return image.complete || place.top > innerHeight || place.bottom < 0;
            })
            """);
        await page.EvaluateAsync("document.activeElement?.blur()");
        var file = Path.Combine(Target, $"{name}.png");
        await page.ScreenshotAsync(new() { Path = file, Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
        _taken[name] = new FileInfo(file).Length;
    }

    [GeneratedRegex(@"images/(page-[a-z-]+)\.png")]
    private static partial Regex Shown();
}
