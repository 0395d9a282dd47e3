using Xunit;

namespace Ipo.IntegrationTests.Pages;

/// <summary>Tests of the pages, in a real browser on a real system and with a folder of their own.</summary>
public abstract class BrowserTest : IAsyncLifetime
{
    private protected readonly string _folder = Directory.CreateTempSubdirectory("ipo-pages-").FullName;
    private protected RunningSystem _system = null!;
    private protected Chromium _chromium = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where the pages are.</summary>
    protected Uri Root => _system.Address("web", "http");

    /// <summary>What a person would set in the environment.</summary>
    private protected virtual (string Name, string Value)[] Settings => [];

    public virtual async ValueTask InitializeAsync()
    {
        _chromium = await Chromium.StartAsync();
        await WriteAsync();
        _system = await RunningSystem.StartAsync(Cancellation, Settings);
        await PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await _system.DisposeAsync();
        if (_chromium is not null) await _chromium.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the images that all tests of the class begin with.</summary>
    private protected abstract Task WriteAsync();

    /// <summary>Does on the system what all tests of the class begin with.</summary>
    private protected virtual Task PrepareAsync() => Task.CompletedTask;
}
