using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests.Pages;

/// <summary>A page in light and dark, on a phone and on a wide screen: it is loaded once and drawn again.</summary>
internal static class EveryForm
{
    // A colour on its way to another has a contrast that nobody designed. Parts of Fluent's have a root of their own, and take new
    // colours by script, a frame after the page.
    private const string Settled = """
        async () => {
            for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
            const roots = [document];
            for (const root of roots)
                for (const element of root.querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot);
            const moving = roots.flatMap(root => root.getAnimations()).filter(one => one instanceof CSSTransition);
            await Promise.all(moving.map(one => one.finished.catch(() => { })));
        }
        """;

    /// <summary>Fails where axe-core finds something serious on a page as it stands, or it is wider than its window.</summary>
    public static async Task NothingBarsTheWayAsync(IPage page)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
            foreach (var width in (int[])[400, 1440])
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.SetViewportSizeAsync(width, 900);
                await page.EvaluateAsync(Settled);
                var form = $"{page.Url} ({scheme}, {width} pixels)";
                var barriers = await Chromium.BarriersAsync(page);
                Assert.True(barriers.Count == 0, $"{form}: {string.Join('\n', barriers)}");
                var wide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
                Assert.True(wide <= 0, $"{form} is {wide} pixels too wide for its window.");
            }
    }
}
