using Bunit;
using Ipo.V1;
using Ipo.Web.Charts;
using Xunit;

namespace Ipo.Tests.Web.Charts;

public sealed class ChartTests : IDisposable
{
    private readonly BunitContext page = new();

    public void Dispose() => page.Dispose();

    [Fact]
    public void A_search_is_a_staircase_with_a_dot_for_each_candidate()
    {
        var curve = Curve.OfAccuracy(
            "best so far", [Point(0, 0.5), Point(1, 0.5), Point(2, 0.7)],
            [Scored(0, 0.5, "a photo of a <CLASS>."), Scored(1, 0.4, "a <CLASS>"), Scored(2, 0.7, "a neon <CLASS>")]);
        var chart = page.Render<CurveChart>(parameters => parameters
            .Add(one => one.Curves, [curve]).Add(one => one.Title, "Accuracy (%)").Add(one => one.Unit, " %")
            .Add(one => one.Reference, new Band("baseline", 50, 45, 55)));

        Assert.Equal(2, chart.FindAll("circle").Count);
        Assert.Equal("step 2: 70 %  a neon <CLASS>", chart.FindAll("circle")[1].TextContent);
        // The axis goes from 40 to 70 on 210 pixels above 220: 50 is at 150, 70 at 10; steps are 330 pixels apart.
        Assert.Equal("M48 150H378V150H708V10", chart.Find("path").GetAttribute("d"));
        Assert.Equal("Accuracy (%). best so far: from 50 % to 70 % in 2 steps.", chart.Find("svg").GetAttribute("aria-label"));
        Assert.Equal("baseline", chart.FindAll(".legend li")[1].TextContent.Trim());
    }

    [Fact]
    public void A_search_without_a_score_says_so()
    {
        var chart = page.Render<CurveChart>(parameters => parameters
            .Add(one => one.Curves, [Curve.OfLoss("best", [], [])]).Add(one => one.Title, "Loss (nats)"));
        Assert.Equal("Loss (nats): nothing scored yet.", chart.Find("svg").GetAttribute("aria-label"));
    }

    [Fact]
    public void A_template_in_a_chart_is_text_and_no_markup()
    {
        var curve = Curve.OfAccuracy("best", [Point(0, 0.5)], [Scored(1, 0.5, "<script>alert(1)</script> <CLASS>")]);
        var chart = page.Render<CurveChart>(parameters => parameters.Add(one => one.Curves, [curve]).Add(one => one.Title, "Accuracy"));
        Assert.DoesNotContain("<script>", chart.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_say_their_numbers()
    {
        var interval = page.Render<IntervalBar>(parameters => parameters
            .Add(one => one.Value, 0.5).Add(one => one.Low, 0.4).Add(one => one.High, 0.6));
        Assert.Equal("50.0 %, 95 % interval 40.0–60.0", interval.Find("svg").GetAttribute("aria-label"));
        Assert.Equal("80", interval.Find("rect").GetAttribute("x"));
        Assert.Equal("40", interval.Find("rect").GetAttribute("width"));

        var difference = page.Render<DifferenceBar>(parameters => parameters
            .Add(one => one.Value, -0.1).Add(one => one.Low, -0.2).Add(one => one.High, 0).Add(one => one.Scale, 0.2));
        Assert.Equal("50", difference.Find("rect.loss").GetAttribute("x"));
        Assert.Equal("50", difference.Find("rect.loss").GetAttribute("width"));
        Assert.Equal("-10.0 points, 95 % interval -20.0 to 0.0", difference.Find("svg").GetAttribute("aria-label"));
    }

    private static CurvePoint Point(int step, double accuracy) => new() { Step = step, BestAccuracy = accuracy, BestLoss = 1 };

    private static ScoredTemplate Scored(int step, double accuracy, string template) =>
        new() { Step = step, Accuracy = accuracy, Loss = 1, Template = template };
}
