using CsCheck;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Xunit;

namespace Ipo.Tests.Optimization.State;

public sealed class RetryTests
{
    [Fact]
    public void Asking_again_helps_but_for_a_refused_key_or_request() =>
        Assert.Equal([FailureKind.Unauthorized, FailureKind.Rejected], Enum.GetValues<FailureKind>().Where(kind => !Retry.Helps(kind)));

    [Fact]
    public void Waits_twice_as_long_after_each_failure_and_two_minutes_at_most() =>
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 120, 120], Enumerable.Range(1, 9).Select(failures => Seconds(null, failures)));

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
        Assert.InRange(Seconds(null, failures), 1, 120);
    });

    private static double Seconds(double? asked, int failures) =>
        Retry.Delay(new(FailureKind.RateLimited, "Slow down.", asked is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
            failures).TotalSeconds;
}
