using CsCheck;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public sealed class SeedsTests
{
    [Fact]
    public void Seeds_are_not_negative_and_repeat() => Gen.Select(Gen.Long, Gen.Int, Gen.Int).Sample((run, step, call) =>
    {
        Assert.True(Seeds.For(run, step, call) >= 0);
        Assert.Equal(Seeds.For(run, step, call), Seeds.For(run, step, call));
    });

    [Fact]
    public void Every_call_of_a_run_and_of_its_neighbours_has_its_own_seed()
    {
        var seeds = from run in new long[] { 0, 1, 2, -1, long.MinValue, long.MaxValue }
                    from step in Enumerable.Range(1, 200)
                    from call in Enumerable.Range(0, 64)
                    select Seeds.For(run, step, call);
        Assert.Equal(6 * 200 * 64, seeds.ToHashSet().Count);
    }

    [Fact]
    public void A_seed_never_changes_between_versions_or_a_resumed_run_would_leave_its_trajectory() =>
        Assert.Equal(
            [7677174711969977290, 4375370837879142935, 7609026515916330645],
            [Seeds.For(1, 1, 0), Seeds.For(1, 1, 1), Seeds.For(7, 100, 7)]);
}
