using System.CommandLine;
using Ipo.Cli.Connections;
using Ipo.Cli.Reports;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo report</c>: what a run found, and with what.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var format = OptionValues.Choice("--format", "Format on standard output: md, or json (same as --json).", ["md", "json"]);
        var output = ReportFile.Option();
        var command = new SessionCommand("report", "Prints the report of a run; of one that is not completed, what it has so far.")
        {
            Examples = ["ipo report RUN", "ipo report RUN --output report.md", "ipo report RUN --json | jq -r '.winner.templates[]'"],
        };
        var runId = new RunReference(command, completed: true);
        command.Add(format);
        command.Add(output);
        command.Validators.Add(result =>
        {
            if (result.GetValue(format) is "md" && result.GetValue(GlobalOptions.Json))
                result.AddError("--format md and --json cannot be combined.");
            if (result.GetResult(format) is not null && result.GetResult(output) is not null)
                result.AddError("--output takes the format from the file's extension, so it cannot be combined with --format.");
        });
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var report = await session.Client.Reports.GetRunReportAsync(new() { RunId = await runId.ResolveAsync(session) });
            ReportFile.Write(session, report, parsed.GetValue(output), session.Json || parsed.GetValue(format) is "json");
            return ExitCode.Done;
        });
        return command;
    }
}
