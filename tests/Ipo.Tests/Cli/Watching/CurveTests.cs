using Ipo.Cli.Watching;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Watching;

public class CurveTests
{
    [Fact]
    public void It_grows_by_a_point_a_step_from_the_baseline_on()
    {
        var curve = new Curve([]);
        foreach (var step in (int[])[0, 1, 1, 2]) curve.Note(Runs.AfterStep(step));
        Assert.Equal([0.80, 0.81, 0.82], curve.Best.Select(best => Math.Round(best, 9)));
    }

    [Fact]
    public void Before_the_baseline_is_scored_it_is_empty()
    {
        var curve = new Curve([]);
        curve.Note(Runs.Encoding);
        Assert.Empty(curve.Best);
    }

    [Fact]
    public void Steps_that_no_state_told_of_keep_the_value_before_them()
    {
        var curve = new Curve([]);
        curve.Note(Runs.AfterStep(1));
        curve.Note(Runs.AfterStep(4));
        Assert.Equal([0.80, 0.81, 0.81, 0.81, 0.84], curve.Best.Select(best => Math.Round(best, 9)));
    }

    [Fact]
    public void A_run_that_went_back_takes_its_points_with_it()
    {
        var curve = new Curve([new CurvePoint { BestAccuracy = 0.8 }, new CurvePoint { Step = 1, BestAccuracy = 0.81 }, new CurvePoint { Step = 2, BestAccuracy = 0.9 }]);
        curve.Note(Runs.AfterStep(1));
        Assert.Equal([0.80, 0.81], curve.Best);
    }
}
