using CsCheck;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Xunit;

namespace Ipo.Tests.Optimization.State;

public sealed class RetryTests
{
    [Fact]
    public void Asking_again_helps_but_for_a_refused_key_or_request_and_a_limit_that_is_too_small() =>
        Assert.Equal(
            [FailureKind.Unauthorized, FailureKind.Rejected, FailureKind.LimitReached],
            Enum.GetValues<FailureKind>().Where(kind => !Retry.Helps(kind)));

    [Fact]
    public void Waits_twice_as_long_after_each_failure_and_a_minute_at_most() =>
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], Enumerable.Range(1, 9).Select(failures => Seconds(null, failures)));

    [Theory]
    [InlineData(FailureKind.RateLimited)]
    [InlineData(FailureKind.Unavailable)]
    public void Outlasts_a_limit_of_a_minute_and_the_loading_of_a_model_that_nobody_states(FailureKind kind) =>
        Assert.InRange(Waited(kind), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(6));

    [Theory]
    [InlineData(FailureKind.Unreachable)]
    [InlineData(FailureKind.Empty)]
    [InlineData(FailureKind.TimedOut)]
    public void Does_not_wait_so_long_where_nobody_is_busy(FailureKind kind) =>
        Assert.InRange(Waited(kind), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60));

    [Fact]
    public void Comes_back_up_to_a_fifth_later_so_that_calls_refused_together_do_not_meet_again()
    {
        var waits = Enumerable.Range(0, 1000)
            .Select(ticks => Retry.Delay(new(FailureKind.RateLimited, "", TimeSpan.FromSeconds(10)), 1, Midnight.AddTicks(ticks)).TotalSeconds)
            .ToList();

        Assert.Equal(1000, waits.Distinct().Count());
        Assert.Equal((10.0, 11.998), (waits.Min(), Math.Round(waits.Max(), 3)));
    }

    [Theory]
    [InlineData(30, 1, 30)]
    [InlineData(0.5, 5, 0.5)]
    [InlineData(120, 1, 120)]
    [InlineData(3600, 1, 120)]
    [InlineData(0, 3, 4)] // "at once" from a provider that just refused is no plan
    [InlineData(-5, 3, 4)]
    public void Waits_as_the_provider_asked_within_reason(double asked, int failures, double expected) =>
        Assert.Equal(expected, Seconds(asked, failures));

    [Fact]
    public void Always_waits_a_while() => Gen.Select(Gen.Int[1, int.MaxValue], Gen.Double[-1e6, 1e6]).Sample((failures, asked) =>
    {
        Assert.InRange(Seconds(asked, failures), 0, 120);
        Assert.InRange(Seconds(null, failures), 1, 60);
    });

    // Before a call with a price fails for good, where the provider states no wait.
    private static TimeSpan Waited(FailureKind kind) => TimeSpan.FromTicks(
        Enumerable.Range(1, Retry.Most(kind) - 1).Sum(failures => Retry.Delay(new(kind, "", null), failures, Midnight).Ticks));

    private static double Seconds(double? asked, int failures) =>
        Retry.Delay(new(FailureKind.RateLimited, "Slow down.", asked is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
            failures, Midnight).TotalSeconds;

    private static readonly DateTimeOffset Midnight = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
}
