using System.CommandLine;
using Ipo.Cli.Output;

namespace Ipo.Cli.Sessions;

/// <summary>Carries the terminal from the entry to the actions.</summary>
internal sealed class Invocation : InvocationConfiguration
{
    public Invocation(Terminal terminal)
    {
        Terminal = terminal;
        Output = terminal.Out;
        Error = terminal.Error;
        EnableDefaultExceptionHandler = false; // It writes stack traces.
        ProcessTerminationTimeout = null; // Program handles signals, so that Ctrl-C can detach.
    }

    public Terminal Terminal { get; }
}
