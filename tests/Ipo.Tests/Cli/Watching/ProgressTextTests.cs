using CsCheck;
using Ipo.Cli.Output;
using Ipo.Cli.Watching;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Watching;

public class ProgressTextTests
{
    [Fact]
    public void A_block_shows_step_scores_spending_and_the_best_template() => Assert.Equal(
        [
            "step 3/4  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━──────────  75 %  0:10 left  scoring candidates",
            "search images: best 83.0 % (loss 0.550), baseline 80.0 %; 3 calls, 3,000 tokens, $0.0063",
            "a close-up photo of a <CLASS> flower.",
        ],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 120));

    [Fact]
    public void A_narrow_screen_gets_a_shorter_bar_and_cut_lines() => Assert.Equal(
        [
            "step 3/4  ━━━━━━━━━━━━────  75 %  0:10 left  scoring candidates",
            "search images: best 83.0 % (loss 0.550), baseline 80.0 %; 3 ca…",
            "a close-up photo of a <CLASS> flower.",
        ],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 63));

    [Fact]
    public void A_very_narrow_screen_gets_no_bar() => Assert.Equal(
        ["step 3/4  75 %  0:1…", "search images: best…", "a close-up photo of…"],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 20));

    [Fact]
    public void Before_the_first_score_and_after_the_last_step_the_bar_is_the_activitys()
    {
        Assert.StartsWith("encoding images  ━━━━━━━━━━──────────────────────────────  25 %", ProgressText.Block(Runs.Encoding, null, 79)[0], StringComparison.Ordinal);
        Assert.StartsWith("evaluating the test split  ━━", ProgressText.Block(Runs.AfterStep(4), null, 79)[0], StringComparison.Ordinal);
        var stoppedEarly = Runs.AfterStep(2);
        (stoppedEarly.StopReason, stoppedEarly.Activity, stoppedEarly.ActivityProgress) = (StopReason.Plateau, "evaluating the test split", 0.5);
        Assert.Matches("^evaluating the test split  .* 50 %$", ProgressText.Block(stoppedEarly, null, 79)[0]);
        Assert.Matches("^completed  ━+  100 %$", ProgressText.Block(Runs.Completed, null, 79)[0]);
    }

    [Fact]
    public void No_line_is_wider_than_the_screen() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[20, 200], Gen.String, Gen.String, Gen.Double[-1, 2]).Sample((step, width, template, activity, progress) =>
        {
            var run = Runs.AfterStep(step);
            (run.Best.Template, run.Activity, run.ActivityProgress) = (template, activity, progress);
            return ProgressText.Block(run, TimeSpan.FromHours(30), width).All(line => ScreenText.Width(line) <= width);
        });
}
