using System.CommandLine;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo report</c>: what a completed run found, and with what.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var runId = new Argument<string>("RUN") { Description = "The id of a completed run." };
        var format = OptionValues.Choice("--format", "Form on standard output: md, or json, which is the same as --json.", ["md", "json"]);
        var output = ReportFile.Option();
        var command = new Verb("report", "Prints the report of a completed run.")
        {
            Examples = ["ipo report RUN", "ipo report RUN --output report.md", "ipo report RUN --json | jq -r '.winner.templates[]'"],
        };
        command.Add(runId);
        command.Add(format);
        command.Add(output);
        command.Validators.Add(result =>
        {
            if (result.GetValue(format) is "md" && result.GetValue(GlobalOptions.Json))
                result.AddError("--format md and --json exclude each other; give one of them.");
            if (result.GetResult(format) is not null && result.GetResult(output) is not null)
                result.AddError("--output takes the form from the file's ending; leave --format out.");
        });
        command.Does(async session =>
        {
            var parsed = session.Parsed;
            var report = await session.Client.Reports.GetRunReportAsync(new() { RunId = parsed.GetRequiredValue(runId) });
            ReportFile.Write(session, report, parsed.GetValue(output), session.Json || parsed.GetValue(format) is "json");
            return ExitCode.Done;
        });
        return command;
    }
}
