using Bunit;
using Ipo.Web.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;
using Xunit;

namespace Ipo.Tests.Web.Parts;

public sealed class PagedTests : IDisposable
{
    private readonly BunitContext _page = new();

    public PagedTests()
    {
        _page.Services.AddFluentUIComponents();
        _page.JSInterop.Mode = JSRuntimeMode.Loose;
        _page.Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public void Dispose() => _page.Dispose();

    [Fact]
    public void A_thousand_are_shown_twenty_at_a_time()
    {
        var list = Of(1000);
        Assert.Equal((20, "1–20 of 1,000"), (list.FindAll("li").Count, list.Find("[role=status]").TextContent));
        list.FindAll("fluent-button")[3].Click();
        Assert.Equal(("981–1,000 of 1,000", "980"), (list.Find("[role=status]").TextContent, list.FindAll("li")[0].TextContent));
        list.FindAll("fluent-button")[1].Click();
        Assert.Equal("960", list.FindAll("li")[0].TextContent);
        list.FindAll("fluent-button")[0].Click();
        Assert.Equal("0", list.FindAll("li")[0].TextContent);
    }

    [Fact]
    public void A_button_that_leads_nowhere_says_that_it_is_disabled() => Assert.Equal(
        ["true", "true", null, null], Of(1000).FindAll("fluent-button").Select(button => button.GetAttribute("aria-disabled")));

    [Fact]
    public void A_list_that_fits_has_no_pages_and_one_on_paper_none_to_turn()
    {
        Assert.Empty(Of(20).FindAll("nav"));
        var paper = Of(21, onPaper: true);
        Assert.Empty(paper.FindAll("fluent-button"));
        Assert.Contains("The JSON report has all.", paper.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_became_shorter_begins_anew()
    {
        var list = Of(100);
        list.FindAll("fluent-button")[3].Click();
        list.Render(parameters => parameters.Add(one => one.Items, [.. Enumerable.Range(0, 30)]));
        Assert.Equal("1–20 of 30", list.Find("[role=status]").TextContent);
    }

    private IRenderedComponent<Paged<int>> Of(int many, bool onPaper = false) => _page.Render<Paged<int>>(parameters => parameters
        .Add(one => one.Items, [.. Enumerable.Range(0, many)]).Add(one => one.Name, "numbers")
        .AddCascadingValue(Explained.IsOpen, onPaper)
        .Add(one => one.ChildContent, shown => builder =>
        {
            foreach (var number in shown) builder.AddMarkupContent(0, $"<li>{number}</li>");
        }));
}
