using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Ipo.Cli.Connections;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo open</c>: a run's page in the browser.</summary>
internal static class OpenCommand
{
    public static Command Create()
    {
        var command = new SessionCommand("open", "Opens a run's page in the browser. With --json, says its address and opens nothing.")
        {
            Examples = ["ipo open RUN", "ipo open last"],
        };
        var runId = new RunReference(command);
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            var address = await RunPage.AddressAsync(session, id);
            if (address.Length == 0)
                throw new CommandFailure(
                    "The orchestrator names no pages: the service 'web' does not run beside it, or Ipo:Orchestrator:WebAddress is not set. "
                        + $"See the run with '{session.CommandLine($"report {id}")}'.");
            session.Terminal.Print(session.Json ? JsonSerializer.Serialize(new { address }) : address);
            if (!session.Json) Open(session, address);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Open(Session session, string address)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(address) { UseShellExecute = true });
        }
        catch (Exception refusal) when (refusal is Win32Exception or PlatformNotSupportedException)
        {
            session.Terminal.Tell($"No browser could be started ({refusal.Message}); open the address in one.");
        }
    }
}
