using System.CommandLine;
using Ipo.Cli.Watching;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo optimize</c>: the main job in one command.</summary>
internal static class OptimizeCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("PATH|DATASET") { Description = "A folder or zip of labelled images, or the name of a registered dataset." };
        var name = new Option<string?>("--name") { Description = "Name to register the folder under; else the folder's own.", HelpName = "NAME" };
        var template = new Option<string?>("--template") { Description = "A template written by hand, as a second baseline for a folder's report.", HelpName = "TEXT" };
        var runId = new Option<string?>("--run-id") { Description = "Id of the run; the same id and settings again return the run that exists.", HelpName = "ID" };
        var detach = new Option<bool>("--detach", "-d") { Description = "Start the run and do not follow it." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what the run would take at most, and start nothing." };
        var output = ReportFile.Option();
        var command = new Verb("optimize", "Finds the best prompt template for a dataset: starts a run, follows it and prints its report.")
        {
            Examples =
            [
                "ipo optimize photos/flowers",
                "ipo optimize photos/flowers --template \"a photo of a <CLASS>, a type of flower.\" --shots 16 --output report.md",
                "ipo optimize flowers --preset ipo-paper --proposer ipo --max-cost 0.50 --max-time 1h",
                "ipo optimize flowers --seed 7 --detach --json",
                "ipo optimize flowers --proposer ipo --dry-run",
            ],
        };
        command.Add(target);
        command.Add(name);
        command.Add(template);
        var settings = new RunSettingsOptions(command);
        foreach (var option in (Option[])[runId, dryRun, detach, output]) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(detach) && result.GetResult(output) is not null)
                result.AddError("--detach does not wait for a report to write; leave --output out and call 'ipo report RUN --output FILE' later.");
            if (result.GetValue(dryRun) && (result.GetValue(detach) || result.GetResult(output) is not null || result.GetValue(runId) is not null))
                result.AddError("--dry-run starts no run; leave --detach, --output and --run-id out.");
            if (result.GetResult(target) is { Tokens.Count: 1 } && !IsFolder(result.GetValue(target)!) && (result.GetValue(name) ?? result.GetValue(template)) is not null)
                result.AddError($"--name and --template go with a folder, and '{result.GetValue(target)}' is none, so it is taken as a dataset's name. Register the folder first, or name it with a '/'.");
        });
        command.Does(async session =>
        {
            var parsed = session.Parsed;
            var dataset = parsed.GetRequiredValue(target);
            if (IsFolder(dataset))
                dataset = (await DatasetsCommand.RegisterAsync(session, dataset, parsed.GetValue(name), parsed.GetValue(template))).Name;
            if (parsed.GetValue(dryRun)) return await EstimateText.PrintAsync(session, settings.Read(parsed, dataset));
            var created = await session.Client.Runs.CreateRunAsync(new()
            {
                RunId = parsed.GetValue(runId) ?? "",
                Settings = settings.Read(parsed, dataset),
            });
            foreach (var warning in created.Warnings) session.Terminal.Tell($"Warning: {warning}");
            if (!parsed.GetValue(detach)) return await RunFollower.FollowAsync(session, created.Run, parsed.GetValue(output));
            if (session.Json) session.WriteJson(created);
            else session.Terminal.Print(created.Run.RunId);
            session.Terminal.Tell($"Run {created.Run.RunId} goes on by itself. Follow it with: {session.CommandLine($"watch {created.Run.RunId}")}");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A folder or zip on this machine, or what can only be a path (on the orchestrator's).</summary>
    private static bool IsFolder(string target) => target.Contains('/') || target.Contains('\\') || Directory.Exists(target) || target.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
}
