using CsCheck;
using Google.Protobuf.WellKnownTypes;
using Ipo.Cli;
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
            "best 83.0 % (loss 0.550), baseline 80.0 %, gain +3.0 points; 3 calls, 3,000 tokens, $0.0063",
            "a close-up photo of a <CLASS> flower.",
        ],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 120, coloured: false));

    [Fact]
    public void A_narrow_screen_gets_a_shorter_bar_and_cut_lines() => Assert.Equal(
        [
            "step 3/4  ━━━━━━━━━━━━────  75 %  0:10 left  scoring candidates",
            "best 83.0 % (loss 0.550), baseline 80.0 %, gain +3.0 points; 3…",
            "a close-up photo of a <CLASS> flower.",
        ],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 63, coloured: false));

    [Fact]
    public void A_very_narrow_screen_gets_no_bar() => Assert.Equal(
        ["step 3/4  75 %  0:1…", "best 83.0 % (loss 0…", "a close-up photo of…"],
        ProgressText.Block(Runs.AfterStep(3), TimeSpan.FromSeconds(10), 20, coloured: false));

    [Fact]
    public void Before_the_first_score_and_after_the_last_step_the_bar_is_the_activitys()
    {
        Assert.StartsWith("encoding images  ━━━━━━━━━━──────────────────────────────  25 %", ProgressText.Block(Runs.Encoding, null, 79, coloured: false)[0], StringComparison.Ordinal);
        Assert.StartsWith("evaluating the test split  ━━", ProgressText.Block(Runs.AfterStep(4), null, 79, coloured: false)[0], StringComparison.Ordinal);
        Assert.StartsWith("completed  ", ProgressText.Block(Runs.Completed, null, 79, coloured: false)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void No_line_is_wider_than_the_screen() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[20, 200], Gen.String, Gen.String, Gen.Double[-1, 2]).Sample((step, width, template, activity, progress) =>
        {
            var run = Runs.AfterStep(step);
            (run.Best.Template, run.Activity, run.ActivityProgress) = (template, activity, progress);
            return ProgressText.Block(run, TimeSpan.FromHours(30), width, coloured: false).All(line => ScreenText.Width(line) <= width);
        });

    [Fact]
    public void Time_left_counts_the_steps_seen_and_not_the_encoding_before_them()
    {
        var left = new TimeLeft();
        left.Note(Runs.Encoding);
        Assert.Null(left.Estimate);
        left.Note(Runs.AfterStep(0));
        Assert.Null(left.Estimate);
        left.Note(Runs.AfterStep(1));
        Assert.Equal(TimeSpan.FromSeconds(30), left.Estimate);
        left.Note(Runs.AfterStep(4));
        Assert.Null(left.Estimate);
    }

    [Fact]
    public void Time_left_of_a_run_joined_later_counts_all_of_it_until_a_step_is_seen()
    {
        var left = new TimeLeft();
        left.Note(Runs.AfterStep(2));
        Assert.Equal(TimeSpan.FromSeconds(30), left.Estimate); // 30 s for 2 steps, encoding included, so 15 s for each of the 2 left.
        left.Note(Runs.AfterStep(3));
        Assert.Equal(TimeSpan.FromSeconds(10), left.Estimate);
    }

    [Fact]
    public void Time_left_is_no_more_than_the_budget_allows()
    {
        var run = Runs.AfterStep(1);
        run.Settings.Budget = new Budget { Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(25)) };
        var left = new TimeLeft();
        left.Note(run);
        Assert.Equal(TimeSpan.FromSeconds(5), left.Estimate);
    }
}
