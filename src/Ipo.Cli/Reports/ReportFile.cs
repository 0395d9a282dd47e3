using System.CommandLine;
using Google.Protobuf;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Reports;

/// <summary>The option that sends a report to a file, whose ending chooses the form.</summary>
internal static class ReportFile
{
    /// <summary>Checked while parsing, so that a run of hours does not end at a folder that was never there.</summary>
    public static Option<FileInfo?> Option()
    {
        var option = new Option<FileInfo?>("--output", "-o")
        {
            Description = "Write the report to this file, as Markdown (.md) or JSON (.json).",
            HelpName = "FILE",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token]) return;
            if (Path.GetExtension(token.Value).ToLowerInvariant() is not (".md" or ".json"))
                result.AddError($"--output does not know the format of '{token.Value}'; use a file that ends in .md or .json.");
            else if (Path.GetDirectoryName(Path.GetFullPath(token.Value)) is { } folder && !Directory.Exists(folder))
                result.AddError($"--output cannot write '{token.Value}': the folder {folder} does not exist; create it first.");
        });
        return option;
    }

    /// <summary>Writes the report to the file and says so; without a file, to standard output.</summary>
    public static void Write(Session session, GetRunReportResponse report, FileInfo? file, bool json)
    {
        Write(session, (IMessage?)report.Report ?? report.Search, report.Markdown, file, json);
        if (file is null && !json && session.Terminal.OutLive && report.Report is { Run.Outcome: not null } found)
        {
            session.Terminal.Print("");
            OutcomeText.PrintShort(session.Terminal, found.Run, [.. found.Curve.Select(point => point.BestAccuracy)]);
        }
    }

    /// <summary>Writes what has two forms.</summary>
    public static void Write(Session session, IMessage message, string markdown, FileInfo? file, bool json)
    {
        if (file is not null)
        {
            var text = file.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase) ? Session.FormatJson(message) : markdown;
            File.WriteAllText(file.FullName, text.TrimEnd() + "\n");
            session.Terminal.Tell($"Wrote the report to {file.FullName}.");
        }
        if (json) session.WriteJson(message);
        else if (file is null && session.Terminal.OutLive) ReportScreen.Write(session.Terminal, markdown);
        else if (file is null) session.Terminal.Print(markdown.TrimEnd());
    }
}
