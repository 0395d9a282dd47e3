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
            .Add(one => one.Drawn, Drawing.Of([curve], " %", reference: new("baseline", 50, 45, 55))).Add(one => one.Title, "Accuracy (%)"));

        Assert.Equal(2, chart.FindAll("svg[role=img] circle").Count);
        Assert.Equal("step 2: 70 %  a neon <CLASS>", chart.FindAll("svg[role=img] circle")[1].TextContent);
        // The axis goes from 40 to 70 on 210 pixels above 220: 50 is at 150, 70 at 10; steps are 330 pixels apart.
        Assert.Equal("M48 150H708V10", chart.Find("path").GetAttribute("d"));
        Assert.Equal("Accuracy (%). best so far: from 50 % to 70 % in 2 steps.", chart.Find("svg").GetAttribute("aria-label"));
        Assert.Equal("baseline", chart.FindAll(".legend li")[2].TextContent.Trim());
        Assert.NotNull(chart.Find(".legend svg line.line.c0")); // the key is drawn as the line is, dashes and all
    }

    [Fact]
    public void A_search_without_a_score_says_so()
    {
        var chart = page.Render<CurveChart>(parameters => parameters
            .Add(one => one.Drawn, Drawing.Of([Curve.OfLoss("best", [], [])], "")).Add(one => one.Title, "Loss (nats)"));
        Assert.Equal("Loss (nats): nothing scored yet.", chart.Find("svg").GetAttribute("aria-label"));
    }

    [Fact]
    public void A_template_in_a_chart_is_text_and_no_markup()
    {
        var curve = Curve.OfAccuracy("best", [Point(0, 0.5)], [Scored(1, 0.5, "<script>alert(1)</script> <CLASS>")]);
        var chart = page.Render<CurveChart>(parameters => parameters.Add(one => one.Drawn, Drawing.Of([curve], "")).Add(one => one.Title, "Accuracy"));
        Assert.DoesNotContain("<script>", chart.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_more_leaves_the_dots_of_those_before_as_they_are()
    {
        ScoredTemplate[] scored = [Scored(1, 0.4, "a <CLASS>"), Scored(1, 0.7, "the <CLASS>"), Scored(2, 0.5, "one <CLASS>")];
        Drawing After(int templates) => Drawing.Of(
            [Curve.OfAccuracy("best", [Point(0, 0.5), Point(1, 0.7)], scored.Take(templates))], " %", steps: 10);

        Assert.Equal(After(2).Curves[0].Dots, After(3).Curves[0].Dots.Take(1));
        Assert.Equal([1, 2], After(3).Curves[0].Dots.Select(step => step.Step));
    }

    // 10,000 steps of 8 must not be 80,000 dots, nor a path of 10,000 points.
    [Fact]
    public void A_long_search_has_no_more_dots_than_a_chart_has_room_for()
    {
        var trajectory = Enumerable.Range(0, 80_000).Select(number => Scored(1 + (number / 8), (number % 97) / 100.0, "a <CLASS>")).ToList();
        var drawn = Drawing.Of(
            [Curve.OfAccuracy("best", Enumerable.Range(0, 10_001).Select(step => Point(step, step < 5000 ? 0.5 : 0.96)), trajectory)], " %", 10_000).Curves[0];
        Assert.InRange(drawn.Dots.Sum(step => step.Markup.Value.Split("<circle").Length - 1), 400, 600);
        Assert.Equal(3, drawn.Path.Count(character => character is 'H' or 'V'));
        Assert.Contains("0 %", drawn.Dots[0].Markup.Value, StringComparison.Ordinal); // the worst stays, and the best
        Assert.Contains("96 %", drawn.Dots[100].Markup.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_is_drawn_anew_for_another_drawing_alone()
    {
        var drawing = Drawing.Of([Curve.OfAccuracy("best", [Point(0, 0.5)], [])], " %");
        var chart = page.Render<CurveChart>(parameters => parameters.Add(one => one.Drawn, drawing).Add(one => one.Title, "Accuracy"));
        chart.Render(parameters => parameters.Add(one => one.Drawn, drawing));
        Assert.Equal(1, chart.RenderCount);
        chart.Render(parameters => parameters.Add(one => one.Drawn, drawing with { Unit = "" }));
        Assert.Equal(2, chart.RenderCount);
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
