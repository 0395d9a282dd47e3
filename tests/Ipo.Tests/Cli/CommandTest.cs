using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Cli;

/// <summary>Tests of <c>ipo</c> beside an orchestrator that answers what it is given.</summary>
public abstract class CommandTest : IAsyncLifetime
{
    private protected FakeOrchestrator Orchestrator { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Orchestrator = await FakeOrchestrator.StartAsync();
        Prepare();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Orchestrator.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the orchestrator what all tests of the class begin with.</summary>
    private protected virtual void Prepare()
    {
    }

    /// <summary>A command line that asks the orchestrator.</summary>
    private protected CommandLine Line(string input = "", bool canAnswer = false, TimeProvider? time = null, bool live = false) => new()
    {
        Input = input,
        CanAnswer = canAnswer,
        Time = time ?? TimeProvider.System,
        Live = live,
        Environment = { ["IPO_SERVER"] = Orchestrator.Address },
    };
}
