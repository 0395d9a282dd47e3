namespace Ipo.Cli.Connections;

/// <summary>Why a command cannot go on: the message says what, where and how to fix it.</summary>
internal sealed class CommandFailure(string message, int exitCode = ExitCode.Error) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
