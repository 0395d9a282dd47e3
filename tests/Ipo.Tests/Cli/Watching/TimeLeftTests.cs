using Google.Protobuf.WellKnownTypes;
using Ipo.Cli.Watching;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Watching;

public class TimeLeftTests
{
    private readonly TimeLeft left = new();

    [Fact]
    public void It_counts_the_steps_seen_and_not_the_encoding_before_them()
    {
        Assert.Null(After(Runs.Encoding));
        Assert.Null(After(Runs.AfterStep(0)));
        Assert.Equal(TimeSpan.FromSeconds(30), After(Runs.AfterStep(1)));
        Assert.Equal(TimeSpan.FromSeconds(20), After(Runs.AfterStep(2)));
        Assert.Null(After(Runs.AfterStep(4)));
    }

    [Fact]
    public void It_counts_all_of_a_run_joined_in_the_middle_until_a_whole_step_is_seen()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), After(Long(2, 30)));
        Assert.Equal(TimeSpan.FromSeconds(39), After(Long(3, 39)));
        Assert.Equal(TimeSpan.FromSeconds(20), After(Long(4, 49)));
    }

    [Fact]
    public void It_runs_down_within_a_step_and_not_below_nothing()
    {
        After(Runs.AfterStep(0));
        After(Long(1, 20));
        Assert.Equal(TimeSpan.FromSeconds(47), After(Long(1, 23)));
        Assert.Equal(TimeSpan.Zero, After(Long(1, 200)));
    }

    [Fact]
    public void It_is_no_more_than_the_budget_allows()
    {
        var run = Runs.AfterStep(1);
        run.Settings.Budget = new Budget { Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(25)) };
        Assert.Equal(TimeSpan.FromSeconds(5), After(run));
    }

    private TimeSpan? After(Run run)
    {
        left.Note(run);
        return left.Estimate;
    }

    /// <summary>A run of 6 steps.</summary>
    private static Run Long(int step, int seconds)
    {
        var run = Runs.AfterStep(step);
        (run.Settings.Steps, run.Elapsed) = (6, Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)));
        return run;
    }
}
