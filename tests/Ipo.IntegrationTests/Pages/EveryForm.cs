using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests.Pages;

/// <summary>A page in light and dark, on a phone and on a wide screen: it is loaded once and drawn again.</summary>
internal static class EveryForm
{
    /// <summary>Fails where axe-core finds something serious on a page as it stands, or it is wider than its window.</summary>
    public static async Task NothingBarsTheWayAsync(IPage page)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
            foreach (var width in (int[])[400, 1440])
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.SetViewportSizeAsync(width, 900);
                // A colour on its way to another has a contrast that nobody designed.
                await page.EvaluateAsync(
                    "Promise.all(document.getAnimations().filter(one => one instanceof CSSTransition).map(one => one.finished.catch(() => { })))");
                var form = $"{page.Url} ({scheme}, {width} pixels)";
                var barriers = await Chromium.BarriersAsync(page);
                Assert.True(barriers.Count == 0, $"{form}: {string.Join('\n', barriers)}");
                var wide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
                Assert.True(wide <= 0, $"{form} is {wide} pixels too wide for its window.");
            }
    }
}
