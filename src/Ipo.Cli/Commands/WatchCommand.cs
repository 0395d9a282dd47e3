using System.CommandLine;
using Ipo.Cli.Reports;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;
using Ipo.Cli.Watching;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo watch</c>: follows a run that goes on by itself.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var output = ReportFile.Option();
        var command = new SessionCommand(
            "watch", "Follows a run until it is final and says what it found. With --json, one line per change.")
        {
            Examples = ["ipo watch RUN", "ipo watch RUN --json | jq .run.best.accuracy"],
        };
        var runId = new RunReference(command);
        command.Add(output);
        command.Validators.Add(result =>
        {
            if (result.GetValue(GlobalOptions.Json) && result.GetResult(output) is not null)
                result.AddError(
                    "--json writes the run's changes and no report, so it cannot be combined with --output; " +
                    "run 'ipo report RUN --output FILE' afterwards.");
        });
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            var found = await session.Client.Runs.GetRunAsync(new() { RunId = id });
            return session.Json
                ? await RunFollower.WriteChangesAsync(session, found.Run)
                : await RunFollower.FollowAsync(session, found.Run, session.Parsed.GetValue(output));
        });
        return command;
    }
}
