using System.Diagnostics;
using Ipo.V1;
using StackExchange.Redis;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>Redis is a cache: whatever becomes of it, runs go on and find the same.</summary>
[Collection(nameof(Faults))]
public sealed class RedisTests(Undisturbed undisturbed, ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TimeSpan For(int seconds) => TimeSpan.FromSeconds(Scale.IsFull ? seconds : 2);

    [Fact]
    public async Task A_run_finds_the_same_whatever_becomes_of_redis()
    {
        (string What, TimeSpan Lasts, Func<FaultSystem, Task> Begin, Func<FaultSystem, Task> End)[] faults =
        [
            ("frozen", For(60), system => Sent(system, "STOP"), system => Sent(system, "CONT")),
            ("killed and away", For(20), system => { system.Redis.Kill(); return Task.CompletedTask; }, system => system.Redis.StartAsync(Cancellation)),
            ("wiped", For(5), system => AskAsync(system, "FLUSHALL"), _ => Task.CompletedTask),
            ("full", For(20), system => AskAsync(system, "CONFIG", "SET", "maxmemory", "1"), system => AskAsync(system, "CONFIG", "SET", "maxmemory", "0")),
            ("a read-only replica", For(20), system => AskAsync(system, "REPLICAOF", "127.0.0.1", "1"), system => AskAsync(system, "REPLICAOF", "NO", "ONE")),
        ];
        if (Scale.IsFull)
            foreach (var fault in faults)
            {
                await using var system = await StartAsync(TimeSpan.FromSeconds(2));
                await DisturbAsync(system, fault, 1);
                await EndAsync(system);
            }
        else
        {
            await using var system = await StartAsync(TimeSpan.FromSeconds(1));
            foreach (var (number, fault) in faults.Index()) await DisturbAsync(system, fault, number);
            await EndAsync(system);
        }
    }

    private async Task DisturbAsync(FaultSystem system, (string What, TimeSpan Lasts, Func<FaultSystem, Task> Begin, Func<FaultSystem, Task> End) fault, int step)
    {
        await system.UntilAsync("run", run => run.StepsCompleted >= step || run.State is RunState.Completed, Cancellation);
        var said = system.Processes.ToDictionary(process => process, process => process.Output.Length);
        var before = await system.UntilAsync("run", _ => true, Cancellation);
        await fault.Begin(system);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(fault.Lasts, Cancellation);
        var during = await system.UntilAsync("run", _ => true, Cancellation);
        await fault.End(system);
        output.WriteLine($"Redis {fault.What} for {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: {during.StepsCompleted - before.StepsCompleted} steps meanwhile, {during.State}");
        foreach (var (process, length) in said.Where(one => one.Key != system.Redis))
            foreach (var line in process.Output[length..].Split('\n').Where(line => line.Contains(" Ipo.", StringComparison.Ordinal) && line.Contains("Redis", StringComparison.Ordinal)))
                output.WriteLine($"  {process.Name}: {line}");
    }

    private async Task EndAsync(FaultSystem system)
    {
        var run = await undisturbed.DemandSameAsync(system, "run", Cancellation);
        output.WriteLine($"  {run.State}, equal trajectory, {system.Model.Requests} answers bought for {system.Model.Questions} questions");
    }

    private static async Task<FaultSystem> StartAsync(TimeSpan latency)
    {
        var system = await FaultSystem.StartAsync(Cancellation);
        system.Model.Latency = latency;
        await system.CreateRunAsync("run", Undisturbed.Settings, Cancellation);
        return system;
    }

    private static Task Sent(FaultSystem system, string signal)
    {
        system.Redis.Signal(signal);
        return Task.CompletedTask;
    }

    private static async Task AskAsync(FaultSystem system, string command, params string[] arguments)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{system.RedisPort},allowAdmin=true");
        await redis.GetDatabase().ExecuteAsync(command, arguments);
    }
}
