using CsCheck;
using Ipo.Cli.Output;
using Ipo.Cli.Watching;
using Xunit;

namespace Ipo.Tests.Cli.Watching;

public class ProgressTextTests
{
    [Fact]
    public void A_block_shows_step_scores_spending_and_the_best_template() => Assert.Equal(
        [
            "step 3/4  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━──────────  75 %  0:10 left  scoring candidates",
            "best 83.0 % (loss 0.550), baseline 80.0 %, gain +3.0 points; 3 calls, 3,000 tokens, $0.0063",
            "a close-up photo of a <CLASS> flower.",
        ],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 120));

    [Fact]
    public void A_narrow_screen_gets_a_shorter_bar_and_cut_lines() => Assert.Equal(
        [
            "step 3/4  ━━━━━━━━━━━━────  75 %  0:10 left  scoring candidates",
            "best 83.0 % (loss 0.550), baseline 80.0 %, gain +3.0 points; 3…",
            "a close-up photo of a <CLASS> flower.",
        ],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 63));

    [Fact]
    public void A_very_narrow_screen_gets_no_bar() => Assert.Equal(
        ["step 3/4  75 %  0:1…", "best 83.0 % (loss 0…", "a close-up photo of…"],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 20));

    [Fact]
    public void Before_the_first_score_and_after_the_last_step_the_bar_is_the_activitys()
    {
        Assert.StartsWith("encoding images  ━━━━━━━━━━──────────────────────────────  25 %", ProgressText.Block(Runs.Encoding, null, 79)[0], StringComparison.Ordinal);
        Assert.StartsWith("evaluating the test split  ━━", ProgressText.Block(Runs.AfterStep(4), null, 79)[0], StringComparison.Ordinal);
        Assert.StartsWith("completed  ", ProgressText.Block(Runs.Completed, null, 79)[0], StringComparison.Ordinal);
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
