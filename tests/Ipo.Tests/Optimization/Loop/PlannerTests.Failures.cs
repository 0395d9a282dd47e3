using CsCheck;
using Ipo.Optimization.Actions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Loop;

public sealed partial class PlannerTests
{
    [Theory]
    [InlineData(FailureKind.RateLimited, 10)]
    [InlineData(FailureKind.Unavailable, 10)]
    [InlineData(FailureKind.Unreachable, 6)]
    [InlineData(FailureKind.TimedOut, 6)]
    [InlineData(FailureKind.Empty, 6)]
    [InlineData(FailureKind.Malformed, 6)]
    public void A_proposer_that_fails_too_often_fails_the_run_and_a_resumed_run_goes_on(FailureKind kind, int most)
    {
        var host = new SimulatedHost(
            Events.Settings)
        { Failing = (call, before) => call == "propose 2.1" && before < most ? Events.Failure(kind) : null };
        Assert.True(host.Run());
        Assert.Equal(
            (RunStatus.Failed, $"The proposer 'words' failed {most} times at step 2: It said {kind}."),
            (host.State.Status, host.State.FailureReason));
        Assert.Equal(most, host.Calls.Count(call => call.StartsWith("propose 2.1", StringComparison.Ordinal)));

        host.Append(new RunResumed(host.State.UpdatedAt));
        Assert.True(host.Run());
        Assert.Equal(Events.Trajectory(Undisturbed.Value.State), Events.Trajectory(host.State));
        AssertNothingIsAskedTwice(host);
    }

    [Theory]
    [InlineData(FailureKind.Unauthorized)]
    [InlineData(FailureKind.Rejected)]
    [InlineData(FailureKind.LimitReached)]
    public void A_proposer_that_refuses_fails_the_run_at_once_with_its_own_words(FailureKind kind)
    {
        var host = new SimulatedHost(
            Events.Settings)
        { Failing = (call, _) => call == "propose 1.0" ? new(kind, "Incorrect API key provided.", null) : null };
        Assert.True(host.Run());
        Assert.Equal(
            (RunStatus.Failed, "The proposer 'words' failed at step 1: Incorrect API key provided."),
            (host.State.Status, host.State.FailureReason));
        Assert.Single(host.Calls, call => call.StartsWith("propose 1.0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FailureKind.RateLimited, 10)]
    [InlineData(FailureKind.Unavailable, 10)]
    [InlineData(FailureKind.Unreachable, 6)]
    [InlineData(FailureKind.TimedOut, 6)]
    [InlineData(FailureKind.Unauthorized, 1)]
    public void A_captioner_that_is_down_or_refuses_the_key_fails_the_run(FailureKind kind, int attempts)
    {
        var host = new SimulatedHost(
            Events.Settings)
        { Failing = (call, before) => call == "describe b0" && before < attempts ? Events.Failure(kind) : null };
        Assert.True(host.Run());
        var failed = attempts == 1 ? "failed" : $"failed {attempts} times";
        Assert.Equal((RunStatus.Failed, $"The captioner 'eyes' {failed}: It said {kind}."), (host.State.Status, host.State.FailureReason));
        Assert.Equal(attempts, host.Calls.Count(call => call == "describe b0"));

        host.Append(new RunResumed(host.State.UpdatedAt));
        Assert.True(host.Run());
        Assert.Equal(Events.Trajectory(Undisturbed.Value.State), Events.Trajectory(host.State));
    }

    [Theory]
    [InlineData(FailureKind.RateLimited)]
    [InlineData(FailureKind.Unavailable)]
    public void What_costs_nothing_and_is_away_or_busy_is_waited_for_with_longer_and_longer_pauses(FailureKind kind)
    {
        var free = Events.Prepared with { Proposer = new("evolve", "", Paid: false), Captioner = new("attributes", "", Paid: false) };
        var host = Completed(new(Events.Settings)
        {
            Prepared = free,
            Failing = (call, before) => call is "describe b0" or "propose 2.1" && before < 30 ? Events.Failure(kind) : null,
        });
        Assert.Equal(Events.Trajectory(Undisturbed.Value.State), Events.Trajectory(host.State));
        Assert.Equal(
            Enumerable.Range(1, 31), host.Journal.OfType<DescriptionRequested>().Where(asked => asked.Image == "b0")
                .Select(asked => asked.Attempt));
        var failed = host.Journal.OfType<DescriptionFailed>().Select(failure => failure.At).ToList();
        var pauses = host.Actions.OfType<DescribeImages>().Skip(1)
            .Select((again, i) => (again.Calls.Single().NotBefore - failed[i]).TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 16, 32, .. Enumerable.Repeat(60, 24)], pauses);
    }

    [Fact]
    public void Waiting_does_not_use_up_the_attempts_at_what_really_fails()
    {
        var free = Events.Prepared with { Captioner = new("attributes", "", Paid: false) };
        var host = new SimulatedHost(Events.Settings)
        {
            Prepared = free,
            Failing = (call, before) =>
                call == "describe b0" ? Events.Failure(before < 10 ? FailureKind.Unavailable : FailureKind.Faulted) : null,
        };
        Assert.True(host.Run());
        Assert.Equal("The captioner 'attributes' failed 6 times: It said Faulted.", host.State.FailureReason);
        Assert.Equal(10 + 6, host.Calls.Count(call => call == "describe b0"));
    }

    [Theory]
    [InlineData(FailureKind.Rejected, 1)]
    [InlineData(FailureKind.LimitReached, 1)]
    [InlineData(FailureKind.Empty, 6)]
    [InlineData(FailureKind.Malformed, 6)]
    public void An_image_that_the_captioner_will_not_describe_is_left_out(FailureKind kind, int attempts)
    {
        var host = Completed(new(Events.Settings) { Failing = (call, _) => call == "describe b0" ? Events.Failure(kind) : null });
        Assert.Equal(attempts, host.Calls.Count(call => call == "describe b0"));
        Assert.All(host.Instructions,
            instruction => Assert.Contains("Image 0: what a0 shows\nImage 1: what a1 shows\nImage 2: what b1 shows\n", instruction));
    }

    [Theory]
    [InlineData(FailureKind.Rejected)]
    [InlineData(FailureKind.Malformed)]
    public void A_captioner_that_describes_no_image_at_all_fails_the_run_until_it_is_mended(FailureKind kind)
    {
        var isMended = false;
        var host = new SimulatedHost(
            Events.Settings)
        {
            Failing = (call, _) =>
                !isMended && call.StartsWith("describe ", StringComparison.Ordinal) ? Events.Failure(kind) : null
        };
        Assert.True(host.Run());
        Assert.Equal(RunStatus.Failed, host.State.Status);
        Assert.StartsWith(
            $"The captioner '{Events.Prepared.Captioner!.Name}' described none of the images. The last answer: "
                + $"{Events.Failure(kind).Message} Fix that and resume the run", host.State.FailureReason, StringComparison.Ordinal);

        isMended = true;
        host.Append(new RunResumed(host.State.UpdatedAt));
        Assert.True(host.Run());
        Assert.Equal((RunStatus.Completed, 4), (host.State.Status, host.State.Descriptions.Count));
    }

    [Theory]
    [InlineData(FailureKind.LimitReached, 4)]
    [InlineData(FailureKind.Rejected, 8)]
    public void A_cause_that_every_image_meets_is_told_after_a_few_of_them(FailureKind kind, int asked)
    {
        var host = new SimulatedHost(Events.Settings with { DescriptionLimit = 40 })
        {
            Prepared = Events.Prepared with { SearchImages = [.. Enumerable.Range(0, 40).Select(image => new SearchImage($"i{image}", image % 2))] },
            Failing = (call, _) => call.StartsWith("describe ", StringComparison.Ordinal) ? Events.Failure(kind) : null,
        };

        Assert.True(host.Run());

        Assert.Equal((RunStatus.Failed, asked), (host.State.Status, host.Calls.Count));
        Assert.Contains(Events.Failure(kind).Message, host.State.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_few_images_that_are_left_out_among_described_ones_stop_nothing()
    {
        var host = Completed(new(Events.Settings with { DescriptionLimit = 40 })
        {
            Prepared = Events.Prepared with { SearchImages = [.. Enumerable.Range(0, 40).Select(image => new SearchImage($"i{image}", image % 2))] },
            Failing = (call, _) => call.StartsWith("describe ", StringComparison.Ordinal) && call != "describe i3"
                ? Events.Failure(FailureKind.LimitReached) : null,
        });

        Assert.Single(host.State.Descriptions);
    }

    [Fact]
    public void An_image_that_was_left_out_stays_out_when_the_run_is_resumed()
    {
        var host = new SimulatedHost(Events.Settings)
        {
            Failing = (call, before) =>
                call == "describe b0" && before == 0 ? Events.Failure(FailureKind.Rejected) :
                call == "propose 3.0" && before == 0 ? Events.Failure(FailureKind.Unauthorized) : null,
        };
        Assert.True(host.Run());
        Assert.Equal(RunStatus.Failed, host.State.Status);
        host.Append(new RunResumed(host.State.UpdatedAt));
        Assert.True(host.Run());
        Assert.Single(host.Calls, call => call == "describe b0");
        var never = Completed(
            new(Events.Settings) { Failing = (call, _) => call == "describe b0" ? Events.Failure(FailureKind.Rejected) : null });
        Assert.Equal(Events.Trajectory(never.State), Events.Trajectory(host.State));
    }

    [Fact]
    public void A_failed_call_waits_and_a_call_that_did_not_fail_does_not()
    {
        var host = new SimulatedHost(
            Events.Settings)
        {
            Failing = (call, before) =>
                call == "propose 1.1" && before == 0 ? new(FailureKind.RateLimited, "Slow down.", TimeSpan.FromSeconds(45)) : null
        };
        Assert.True(host.Run());
        var failed = host.Journal.OfType<ProposalFailed>().Single().At;
        var again = host.Actions.OfType<Propose>().ElementAt(1);
        Assert.Equal([new(1, 2, Seeds.For(1, 1, 1), failed + TimeSpan.FromSeconds(45))], again.Calls);
        Assert.All(host.Actions.OfType<Propose>().Except([again]).SelectMany(propose => propose.Calls),
            call => Assert.Equal((1, DateTimeOffset.MinValue), (call.Attempt, call.NotBefore)));
    }
}
