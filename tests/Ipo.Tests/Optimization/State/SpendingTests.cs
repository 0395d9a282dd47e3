using CsCheck;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.State;

/// <summary>Budgets: a whole run of 4 descriptions and 4 steps of 2 calls each takes 12 calls of 120 tokens and 300 µ$.</summary>
public sealed class SpendingTests
{
    [Fact]
    public void Without_a_budget_a_run_takes_its_calls()
    {
        var run = Run(Budget.None);
        Assert.Equal(
            (12, 12, 1200, 240, 3600),
            (run.Spending.Calls, run.Spending.PaidCalls, run.Spending.InputTokens, run.Spending.OutputTokens, run.Spending.CostMicroUsd));
        Assert.Equal((StopReason.StepsDone, 4), (run.Ended!.Reason, run.StepsCompleted));
    }

    [Theory]
    [InlineData(1, 0, StopReason.CallsSpent)]
    [InlineData(4, 0, StopReason.CallsSpent)]
    [InlineData(5, 1, StopReason.CallsSpent)] // half a step was bought, and is scored
    [InlineData(6, 1, StopReason.CallsSpent)]
    [InlineData(10, 3, StopReason.CallsSpent)]
    [InlineData(12, 4, StopReason.StepsDone)]
    [InlineData(13, 4, StopReason.StepsDone)]
    public void Calls_end_the_search_and_are_never_exceeded(long calls, int steps, StopReason reason)
    {
        var run = Run(new(Calls: calls));
        Assert.Equal((Math.Min(calls, 12), steps, reason), (run.Spending.PaidCalls, run.StepsCompleted, run.Ended!.Reason));
    }

    [Theory]
    [InlineData(480, 0)] // the four descriptions
    [InlineData(481, 1)]
    [InlineData(720, 1)]
    [InlineData(721, 2)]
    public void Tokens_end_the_search_before_the_next_calls(long tokens, int steps)
    {
        var run = Run(new(Tokens: tokens));
        Assert.Equal((StopReason.TokensSpent, steps), (run.Ended!.Reason, run.StepsCompleted));
    }

    [Theory]
    [InlineData(1200, 0)]
    [InlineData(1201, 1)]
    [InlineData(1800, 1)]
    public void Money_ends_the_search_before_the_next_calls(long microUsd, int steps)
    {
        var run = Run(new(CostMicroUsd: microUsd));
        Assert.Equal((StopReason.MoneySpent, steps), (run.Ended!.Reason, run.StepsCompleted));
    }

    [Fact]
    public void Money_that_nobody_counts_buys_nothing_more_until_the_prices_are_set_and_the_run_is_resumed()
    {
        var settings = Events.Settings with { Budget = new(CostMicroUsd: 500_000) };
        var unpriced = new SimulatedHost(settings) { Prepared = FreeCaptioner, Usage = new(100, 20, 0, TimeSpan.FromSeconds(1)) };
        Assert.True(unpriced.Run());
        Assert.Equal(
            "The proposer answered at a cost of $0, so the budget of $0.5 cannot be kept. Set the model's prices, "
                + "Ipo:PromptGen:OpenAI:InputPricePerMillionTokens and Ipo:PromptGen:OpenAI:OutputPricePerMillionTokens, and resume the "
                + "run; where the model is free, or its server counts no tokens, start a run without a budget in money.",
            unpriced.State.FailureReason);
        Assert.Equal(
            (RunStatus.Failed, 2, 1),
            (unpriced.State.Status, unpriced.State.Spending.PaidCalls, unpriced.State.StepsCompleted)); // one step's calls, scored

        var priced = new SimulatedHost(settings) { Prepared = FreeCaptioner }.Reopen(
            [.. unpriced.Journal, new RunResumed(unpriced.State.UpdatedAt)]);
        Assert.True(priced.Run());
        Assert.Equal(
            (StopReason.StepsDone, 8, 6 * 300),
            (priced.State.Ended!.Reason, priced.State.Spending.PaidCalls, priced.State.Spending.CostMicroUsd));
        Assert.Equal(Events.Trajectory(RunOf(settings, FreeCaptioner)), Events.Trajectory(priced.State));
    }

    [Fact]
    public void Descriptions_that_nobody_counts_end_the_buying_too()
    {
        var host = new SimulatedHost(
            Events.Settings with { Budget = new(CostMicroUsd: 1), DescriptionLimit = 6 })
        {
            Usage =
                CallUsage.None
        }; // a server that counts no tokens
        Assert.True(host.Run());
        Assert.StartsWith(
            "The captioner answered at a cost of $0, so the budget of $0.000001 cannot be kept. Set the model's prices, "
                + "Ipo:Captioner:OpenAI:Input", host.State.FailureReason, StringComparison.Ordinal);
        Assert.Equal(4, host.State.Spending.PaidCalls); // those made at once
    }

    [Fact]
    public void Answers_that_cannot_be_used_and_that_nobody_counts_end_the_buying_too()
    {
        var host = new SimulatedHost(Events.Settings with { Budget = new(CostMicroUsd: 500_000), DescriptionLimit = 6 })
        {
            Failing = (_, _) => Events.Failure(FailureKind.Empty),
            FailedUsage = new(100, 20, 0, TimeSpan.FromSeconds(1)),
        };
        Assert.True(host.Run());
        Assert.StartsWith(
            "The captioner answered at a cost of $0, so the budget of $0.5 cannot be kept.", host.State.FailureReason,
            StringComparison.Ordinal);
        Assert.Equal(4, host.State.Spending.PaidCalls); // those made at once, and none of them again
    }

    [Fact]
    public void Calls_that_were_refused_before_a_model_saw_them_are_no_answers_at_no_cost()
    {
        var host = new SimulatedHost(
            Events.Settings with { Budget = new(Tokens: 100_000, CostMicroUsd: 500_000) })
        {
            Failing = (_, before) =>
                before == 0 ? Events.Failure(FailureKind.Unavailable) : null
        };
        Assert.True(host.Run());
        Assert.Equal(StopReason.StepsDone, host.State.Ended!.Reason);
    }

    [Fact]
    public void Tokens_that_nobody_states_end_the_buying_under_a_budget_of_tokens()
    {
        var host = new SimulatedHost(
            Events.Settings with { Budget = new(Tokens: 5_000) })
        { Prepared = FreeCaptioner, Usage = CallUsage.None };
        Assert.True(host.Run());
        Assert.Equal(
            "The proposer did not report its tokens, so the budget of 5000 tokens cannot be kept. Start a run with a budget of "
                + "calls or of time instead.", host.State.FailureReason);
        Assert.Equal((RunStatus.Failed, 2), (host.State.Status, host.State.Spending.PaidCalls)); // one step's calls
    }

    [Fact]
    public void A_model_without_a_price_is_bought_from_where_no_budget_counts_money_and_a_free_one_where_one_does()
    {
        var unpriced = new SimulatedHost(Events.Settings) { Usage = CallUsage.None };
        Assert.True(unpriced.Run());
        Assert.Equal((StopReason.StepsDone, 12), (unpriced.State.Ended!.Reason, unpriced.State.Spending.PaidCalls));

        var free = FreeCaptioner with { Proposer = new("evolve", "", Paid: false) };
        Assert.Equal(
            StopReason.StepsDone, RunOf(Events.Settings with { Budget = new(CostMicroUsd: 500_000) }, free, CallUsage.None).Ended!.Reason);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(6, 1)]
    [InlineData(7, 2)]
    public void Running_time_ends_the_search_before_the_next_calls(int seconds, int steps)
    {
        var run = Run(new(Duration: TimeSpan.FromSeconds(seconds)));
        Assert.Equal((StopReason.TimeSpent, steps), (run.Ended!.Reason, run.StepsCompleted));
    }

    [Fact]
    public void A_search_that_is_out_of_budget_still_completes_with_a_winner_and_its_proof()
    {
        var run = Run(new(Calls: 1));
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(PromptTemplate.Baseline.Text, run.Ended!.Winner);
        Assert.NotEmpty(run.Evaluations);
    }

    [Fact]
    public void Calls_to_unpaid_providers_are_without_limit()
    {
        var run = Run(
            new(Calls: 1),
            prepared: Events.Prepared with { Proposer = new("evolve", "", Paid: false), Captioner = new("attributes", "", Paid: false) });
        Assert.Equal((StopReason.StepsDone, 0, 12), (run.Ended!.Reason, run.Spending.PaidCalls, run.Spending.Calls));
    }

    [Fact]
    public void Cached_descriptions_leave_the_budget_to_the_proposer()
    {
        var host = new SimulatedHost(Events.Settings with { Budget = new(Calls: 8) }) { Cached = _ => true };
        Assert.True(host.Run());
        Assert.Equal((StopReason.StepsDone, 8), (host.State.Ended!.Reason, host.State.Spending.PaidCalls));
        Assert.Equal(4, host.State.Descriptions.Count);
    }

    [Fact]
    public void Failed_and_interrupted_calls_count_and_the_limit_holds_all_the_same() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 3], Gen.Int[1, 40]).Sample((calls, failures, stop) =>
        {
            var settings = Events.Settings with { Budget = new(Calls: calls) };
            var host = new SimulatedHost(
                settings)
            { Failing = (_, before) => before < failures ? Events.Failure(FailureKind.Unavailable) : null, StopAfter = stop };
            if (!host.Run())
            {
                host.StopAfter = null;
                Assert.True(host.Reopen(host.Journal).Run());
            }
            var spent = host.State.Spending;
            Assert.Equal(RunStatus.Completed, host.State.Status);
            Assert.InRange(spent.PaidCalls, 0, calls);
            // Every call that was made is counted; a stopped host may have written intents whose calls it never made.
            Assert.InRange(host.Calls.Count, 0, spent.PaidCalls);
            Assert.Equal(
                spent.Failures.Values.Sum() + host.Journal.Count(happened => happened is ProposalAnswered or DescriptionReceived),
                spent.Calls);
            if (host.State.Ended!.Reason == StopReason.CallsSpent) Assert.Equal(calls, spent.PaidCalls);
            else Assert.Equal(4, host.State.StepsCompleted);
        }, iter: 200);

    private static readonly RunPrepared FreeCaptioner = Events.Prepared with { Captioner = new("attributes", "", Paid: false) };

    private static readonly CallUsage Priced = new(100, 20, 300, TimeSpan.FromSeconds(1));

    private static RunState Run(Budget budget, RunPrepared? prepared = null) =>
        RunOf(Events.Settings with { Budget = budget }, prepared ?? Events.Prepared);

    private static RunState RunOf(RunSettings settings, RunPrepared prepared, CallUsage? usage = null)
    {
        var host = new SimulatedHost(settings) { Prepared = prepared, Usage = usage ?? Priced };
        Assert.True(host.Run());
        return host.State;
    }
}
