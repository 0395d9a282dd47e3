using Bunit;
using Ipo.V1;
using Ipo.Web.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;
using Xunit;

namespace Ipo.Tests.Web.Parts;

public sealed class DescribedTests : IDisposable
{
    private readonly BunitContext _page = new();

    public DescribedTests()
    {
        _page.Services.AddFluentUIComponents();
        _page.JSInterop.Mode = JSRuntimeMode.Loose;
        _page.Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public void Dispose() => _page.Dispose();

    [Fact]
    public void Each_stands_beside_its_image_twelve_at_a_time()
    {
        var shown = Of(30);
        Assert.Equal("30 images described.", shown.Find("section > p").TextContent);
        Assert.Equal(12, shown.FindAll("li").Count);
        var first = shown.FindAll("li")[0];
        Assert.Equal(
            ("/thumbnails/a%20b/digest-0", "class 0"),
            (first.QuerySelector("img")!.GetAttribute("src"), first.QuerySelector("img")!.GetAttribute("alt")));
        Assert.Equal("class 0", first.QuerySelector("strong")!.TextContent);
        Assert.Contains("a picture of number 0", first.TextContent, StringComparison.Ordinal);
        shown.FindAll("fluent-button")[3].Click();
        Assert.Equal(6, shown.FindAll("img").Count);
    }

    [Fact]
    public void Those_that_are_left_out_say_so()
    {
        var notes = Of(4).FindAll("li").Select(one => one.TextContent.Contains("left out", StringComparison.Ordinal));
        Assert.Equal([false, false, false, true], notes);
    }

    [Fact]
    public void Without_descriptions_there_is_nothing() => Assert.Empty(Of(0).Markup.Trim());

    private IRenderedComponent<Described> Of(int many) => _page.Render<Described>(parameters => parameters
        .Add(one => one.Dataset, "a b")
        .Add(one => one.Descriptions, [.. Enumerable.Range(0, many).Select(number => new ImageDescription
        {
            Sha256 = $"digest-{number}",
            ClassName = $"class {number}",
            Description = $"a picture of number {number}",
            LeftOut = number == 3,
        })]));
}
