using CsCheck;
using Ipo.Cli.Output;
using Ipo.Cli.Watching;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Watching;

public class ProgressTextTests
{
    private static readonly double[] Curve = [0.8, 0.81, 0.82, 0.83];

    [Fact]
    public void A_block_shows_step_curve_both_templates_and_spending() => Assert.Equal(
        [
            "step 3/4  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━──────────  75 %  0:10 left  scoring candidates",
            "search    ▁▃▆█  80.0 % → 83.0 % of the search images",
            "best       83.0 %  loss 0.550  a close-up photo of a <CLASS> flower.",
            "baseline   80.0 %  loss 0.610  a photo of a <CLASS>.",
            "spent     3 calls, 3,000 tokens, $0.0063",
        ],
        ProgressText.Block(Runs.AfterStep(3), Curve, TimeSpan.FromSeconds(10), 120));

    [Fact]
    public void A_narrow_screen_gets_a_shorter_bar_and_cut_lines() => Assert.Equal(
        [
            "step 3/4  ━━━━━━━━━━━━────  75 %  0:10 left  scoring candidates",
            "search    ▁▃▆█  80.0 % → 83.0 % of the search images",
            "best       83.0 %  loss 0.550  a close-up photo of a <CLASS> f…",
            "baseline   80.0 %  loss 0.610  a photo of a <CLASS>.",
            "spent     3 calls, 3,000 tokens, $0.0063",
        ],
        ProgressText.Block(Runs.AfterStep(3), Curve, TimeSpan.FromSeconds(10), 63));

    [Fact]
    public void A_very_narrow_screen_gets_no_bar() => Assert.Equal(
        ["step 3/4  75 %  0:1…", "best       83.0 %  …", "baseline   80.0 %  …", "spent     3 calls, …"],
        ProgressText.Block(Runs.AfterStep(3), Curve, TimeSpan.FromSeconds(10), 20));

    [Fact]
    public void Before_the_first_score_and_after_the_last_step_the_bar_is_the_activitys()
    {
        Assert.StartsWith("encoding images  ━━━━━━━━━━──────────────────────────────  25 %", ProgressText.Block(Runs.Encoding, Curve, null, 79)[0], StringComparison.Ordinal);
        Assert.StartsWith("evaluating the test split  ━━", ProgressText.Block(Runs.AfterStep(4), Curve, null, 79)[0], StringComparison.Ordinal);
        var stoppedEarly = Runs.AfterStep(2);
        (stoppedEarly.StopReason, stoppedEarly.Activity, stoppedEarly.ActivityProgress) = (StopReason.Plateau, "evaluating the test split", 0.5);
        Assert.Matches("^evaluating the test split  .* 50 %$", ProgressText.Block(stoppedEarly, Curve, null, 79)[0]);
        Assert.Matches("^completed  ━+  100 %$", ProgressText.Block(Runs.Completed, Curve, null, 79)[0]);
    }

    [Fact]
    public void No_line_is_wider_than_the_screen() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[20, 200], Gen.String, Gen.String, Gen.Double[-1, 2]).Sample((step, width, template, activity, progress) =>
        {
            var run = Runs.AfterStep(step);
            (run.Best.Template, run.Activity, run.ActivityProgress) = (template, activity, progress);
            return ProgressText.Block(run, Curve, TimeSpan.FromHours(30), width).All(line => ScreenText.Width(line) <= width);
        });
}
