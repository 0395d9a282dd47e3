using CsCheck;
using Ipo.LocalHosting.Running;
using Xunit;

namespace Ipo.Tests.LocalHosting.Running;

public sealed class RestartRuleTests
{
    [Fact]
    public void A_task_that_ended_well_is_finished_and_one_that_failed_is_not_done_again()
    {
        Assert.Equal(new AfterExit(ResourceState.Finished, null, 0), RestartRule.Decide(isTask: true, exitCode: 0, TimeSpan.FromSeconds(1), 0));
        Assert.Equal(new AfterExit(ResourceState.Failed, null, 0), RestartRule.Decide(isTask: true, exitCode: 3, TimeSpan.FromSeconds(1), 0));
    }

    [Fact]
    public void A_service_that_keeps_crashing_is_started_after_1_2_4_8_16_30_30_seconds()
    {
        var pauses = new List<double>();
        for (var ends = 0; ends < 7;)
        {
            var next = RestartRule.Decide(isTask: false, exitCode: 1, TimeSpan.FromSeconds(2), ends);
            Assert.Equal(ResourceState.Restarting, next.State);
            pauses.Add(next.Pause!.Value.TotalSeconds);
            ends = next.QuickEnds;
        }
        Assert.Equal([1, 2, 4, 8, 16, 30, 30], pauses);
    }

    [Fact]
    public void A_service_that_ran_a_minute_starts_over_at_one_second() =>
        Assert.Equal(new AfterExit(ResourceState.Restarting, TimeSpan.FromSeconds(1), 1), RestartRule.Decide(isTask: false, exitCode: 1, TimeSpan.FromMinutes(1), 6));

    [Fact]
    public void A_service_that_exits_with_0_by_itself_is_started_again() =>
        Assert.NotNull(RestartRule.Decide(isTask: false, exitCode: 0, TimeSpan.Zero, 0).Pause);

    [Fact]
    public void A_pause_is_never_under_1_nor_over_30_seconds() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 1_000_000]).Sample((ends, seconds) =>
            RestartRule.Decide(false, 1, TimeSpan.FromSeconds(seconds), ends).Pause is { TotalSeconds: >= 1 and <= 30 });
}
