using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator;

/// <summary>Tests through the services of one orchestrator, over a folder of its own.</summary>
public abstract class OrchestratorTest : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Its <c>data</c> is the root of the datasets.</summary>
    private protected TempFolder Folder { get; } = new();

    private protected FakeServices Fakes { get; private set; } = null!;

    private protected OrchestratorLab Lab { get; private set; } = null!;

    private protected V1.IpoClient Client => Lab.Client;

    public async ValueTask InitializeAsync()
    {
        Fakes = await FakeServices.StartAsync();
        Directory.CreateDirectory(Path.Combine(Folder, "data"));
        Lab = await OrchestratorLab.StartAsync(Folder, Fakes, options: Configure);
        await PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Lab.DisposeAsync();
        await Fakes.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes what all tests of the class begin with.</summary>
    private protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>The options that all tests of the class need.</summary>
    private protected virtual void Configure(OrchestratorOptions options)
    {
    }

    /// <summary>Stops the orchestrator and starts one over the same folder.</summary>
    private protected async Task RestartAsync(Action<OrchestratorOptions> options)
    {
        await Lab.DisposeAsync();
        Lab = await OrchestratorLab.StartAsync(Folder, Fakes, options: options);
    }
}
