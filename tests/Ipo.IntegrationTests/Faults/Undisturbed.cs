using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>A run that nothing happens to: what the disturbed ones have to find too.</summary>
public sealed class Undisturbed : IAsyncLifetime
{
    /// <summary>Its settings.</summary>
    public static RunSettings Settings => new() { Steps = 6, Preset = "ipo-paper" };

    internal IReadOnlyList<string> Trajectory { get; private set; } = [];

    /// <summary>What it spent.</summary>
    internal Spending Spending { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        await using var system = await FaultSystem.StartAsync(CancellationToken.None);
        await system.CreateRunAsync("run", Settings, CancellationToken.None);
        var run = await system.EndedAsync("run", CancellationToken.None);
        Assert.True(run.State is RunState.Completed, run.Reason);
        (Trajectory, Spending) = (await system.TrajectoryAsync("run", CancellationToken.None), run.Spending);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Checks that a run found the same, paid the same, and paid nothing twice.</summary>
    /// <param name="system">Where it is.</param>
    /// <param name="id">The run.</param>
    /// <param name="cancellation">Ends the wait.</param>
    internal async Task<Run> DemandSameAsync(FaultSystem system, string id, CancellationToken cancellation)
    {
        var run = await system.EndedAsync(id, cancellation);
        Assert.True(run.State is RunState.Completed, $"{id} is {run.State}: {run.Reason}\n{system.Orchestrator.Output}");
        Assert.Equal(Trajectory, await system.TrajectoryAsync(id, cancellation));
        Assert.Equal(Spending.CostMicroUsd, run.Spending.CostMicroUsd);
        Assert.Equal(0, system.Model.Again);
        return run;
    }
}

/// <summary>The tests of faults follow one another: each has five processes.</summary>
[CollectionDefinition(nameof(Faults))]
public sealed class Faults : ICollectionFixture<Undisturbed>;
