using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo version</c> and <c>ipo --version</c>: of this program; 'ipo model' shows the
/// orchestrator's.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new SessionCommand("version", "Shows the version of this program.")
        {
            Examples = ["ipo version", "ipo version --json"],
        };
        command.SetHandler(session =>
        {
            Write(session.Terminal.Out, session.Json);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Write(TextWriter output, bool json) =>
        output.WriteLine(json ? JsonSerializer.Serialize(new { version = ProgramVersion.Text }) : $"ipo {ProgramVersion.Text}");

    /// <summary>The action of --version, which would else show the version of the program that hosts a test.</summary>
    internal sealed class Print : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            Write(parseResult.InvocationConfiguration.Output, parseResult.GetValue(GlobalOptions.Json));
            return ExitCode.Done;
        }
    }
}
