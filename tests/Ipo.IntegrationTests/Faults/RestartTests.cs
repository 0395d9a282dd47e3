using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>What a cluster does to services every day: SIGTERM to each, and all in turn, while a slow model thinks.</summary>
[Collection(nameof(Faults))]
public sealed class RestartTests(Undisturbed undisturbed, ITestOutputHelper output)
{
    private static readonly TimeSpan Thinks = TimeSpan.FromSeconds(Scale.IsFull ? 40 : 3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_that_are_told_to_stop_while_a_slow_model_thinks_buy_nothing_twice_and_fail_no_call()
    {
        await using var system = await FaultSystem.StartAsync(Cancellation);
        system.Model.Latency = Thinks;
        await system.CreateRunAsync("run", Undisturbed.Settings, Cancellation);
        var watch = system.IpoAsync(Cancellation, "watch", "run");
        IReadOnlyList<ServiceProcess> order = [system.Captioner, system.Proposer, system.Orchestrator, system.Scorer, system.Redis];
        foreach (var service in Scale.IsFull ? order : order.Take(3)) await StopAsync(service);
        foreach (var service in Scale.IsFull ? system.Processes : [system.Scorer, system.Proposer, system.Orchestrator])
            await StopAsync(service, waits: service == (Scale.IsFull ? system.Redis : system.Scorer));

        var run = await undisturbed.DemandSameAsync(system, "run", Cancellation);
        var watched = await watch;
        output.WriteLine($"{system.Model.Requests} answers bought for {system.Model.Questions} questions of {Thinks.TotalSeconds:0} s each; {run.Spending.Calls} calls, "
            + $"failed: {string.Join(", ", run.Spending.Failures.Select(failure => $"{failure.Calls} {failure.Kind}").DefaultIfEmpty("none"))}; ipo watch ended with {watched.ExitCode}, "
            + $"connected anew {(watched.Output + watched.Errors).Split("Connection lost").Length - 1} times");
        Assert.Equal(0, watched.ExitCode);

        // Told while an answer is under way, so that there is something to lose.
        async Task StopAsync(ServiceProcess service, bool waits = true)
        {
            while (waits && system.Model.UnderWay == 0 && !await HasEndedAsync(system)) await Task.Delay(50, Cancellation);
            var underWay = system.Model.UnderWay;
            var took = await system.RestartAsync(service, Cancellation);
            output.WriteLine($"SIGTERM{(waits ? "" : " at once after it")}: {service.Name} ended after {took.TotalSeconds:0.0} s with {service.LastExitCode}, {underWay} answers under way");
        }
    }

    private static async Task<bool> HasEndedAsync(FaultSystem system) =>
        (await system.UntilAsync("run", _ => true, Cancellation)).State is not (RunState.Running or RunState.Queued or RunState.Blocked);
}
