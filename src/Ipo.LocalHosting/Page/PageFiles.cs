using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ipo.LocalHosting.Page;

/// <summary>The page's three files, out of this assembly: nothing is loaded from anywhere else.</summary>
internal static class PageFiles
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/", () => File("page.html", "text/html; charset=utf-8"));
        app.MapGet("/page.css", () => File("page.css", "text/css; charset=utf-8"));
        app.MapGet("/page.js", () => File("page.js", "text/javascript; charset=utf-8"));
    }

    private static IResult File(string name, string type) =>
        Results.Stream(typeof(PageFiles).Assembly.GetManifestResourceStream($"Ipo.LocalHosting.Page.{name}")!, type);
}
