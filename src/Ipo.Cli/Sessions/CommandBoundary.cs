using System.Diagnostics;
using Grpc.Core;
using Ipo.Cli.Connections;

namespace Ipo.Cli.Sessions;

/// <summary>The one place where a command's faults become a message and an exit code, and where its span
/// begins.</summary>
internal static class CommandBoundary
{
    public static async Task<int> RunAsync(Session session, Func<Session, Task<int>> action)
    {
        var command = session.Parsed.CommandResult.Command.Name;
        using var span = Telemetry.Source.StartActivity($"ipo {command}", ActivityKind.Client);
        try
        {
            return await action(session);
        }
        catch (Exception fault)
        {
            span?.AddException(fault); // The trace keeps what the person is spared.
            span?.SetStatus(ActivityStatusCode.Error, fault.Message);
            return Tell(session, fault);
        }
    }

    private static int Tell(Session session, Exception fault)
    {
        if (session.WasInterrupted(fault)) return Say(session, "Interrupted.", ExitCode.Interrupted);
        var (message, exitCode) = fault switch
        {
            CommandFailure failure => (failure.Message, failure.ExitCode),
            RpcException call when OptionNames.Explain(call, session.Parsed) is { } wrong => (wrong, ExitCode.Usage),
            RpcException call => (GrpcFaults.Explain(call, session.Server), ExitCode.Error),
            IOException or UnauthorizedAccessException => (fault.Message, ExitCode.Error),
            _ => ($"Internal error: {fault.GetType().Name}: {fault.Message}", ExitCode.Error),
        };
        Say(session, message, exitCode);
        var command = SessionCommand.FullName(session.Parsed.CommandResult.Command);
        if (exitCode != ExitCode.Interrupted && NextCommand.After(message, fault, command) is { } next)
            session.Terminal.Tell($"Next: {next}");
        return exitCode;
    }

    private static int Say(Session session, string message, int exitCode)
    {
        session.Terminal.Tell($"ipo: {message}");
        return exitCode;
    }
}
