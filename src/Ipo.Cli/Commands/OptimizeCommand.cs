using System.CommandLine;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Datasets;
using Ipo.Cli.Reports;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;
using Ipo.Cli.Watching;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo optimize</c>: the main job in one command.</summary>
internal static class OptimizeCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("PATH|DATASET")
        {
            Description = "A folder or zip of labelled images, or the name of a registered dataset.",
        };
        target.CompletionSources.Add(ServerNames.Datasets);
        var name = new Option<string?>("--name")
        {
            Description = "Name to register the folder under. Default: the folder's name.",
            HelpName = "NAME",
        };
        var template = new Option<string?>("--template")
        {
            Description = "A hand-written template, used as a second baseline in the report; only with a folder.",
            HelpName = "TEXT",
        };
        var runId = new Option<string?>("--run-id")
        {
            Description = "Id of the run; repeating an id with the same settings returns the existing run.",
            HelpName = "ID",
        };
        var title = new Option<string?>("--display-name")
        {
            Description = "What you call the run, at most 63 characters; 'ipo runs' shows it and finds runs by it.",
            HelpName = "TEXT",
        };
        var branchFrom = RunReference.Option(
            "--branch-from",
            "Start from the templates that another run on the dataset held in memory: its id or the beginning of it, or 'last' for the "
                + "newest run.");
        var branchStep = OptionValues.Number<int>(
            "--branch-step", "The step of that run after which to branch off, from 0. Default: the newest it has completed.");
        var labels = LabelOptions.ToSet();
        var detach = new Option<bool>("--detach", "-d") { Description = "Start the run without following it." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Estimate the maximum cost without starting a run." };
        var output = ReportFile.Option();
        var command = new SessionCommand(
            "optimize", "Finds a better prompt template for a dataset: starts a run, follows it and says what it found.")
        {
            Examples =
            [
                "ipo optimize photos/flowers",
                "ipo optimize photos/flowers --template \"a photo of a <CLASS>, a type of flower.\" --shots 16 --output report.md",
                "ipo optimize flowers --preset ipo-paper --proposer ipo --max-cost 0.50 --max-time 1h",
                "ipo optimize flowers --seed 7 --label team=vision --detach --json",
                "ipo optimize flowers --branch-from last --branch-step 10 --temperature 0.5",
                "ipo optimize flowers --proposer ipo --dry-run",
            ],
        };
        command.Add(target);
        command.Add(name);
        command.Add(template);
        var settings = new RunSettingsOptions(command);
        foreach (var option in (Option[])[runId, branchFrom, branchStep, title, labels, dryRun, detach, output]) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(detach) && result.GetResult(output) is not null)
                result.AddError(
                    "--detach does not wait for the report, so it cannot be combined with --output; " +
                    "run 'ipo report RUN --output FILE' later.");
            if (result.GetValue(dryRun)
                && (result.GetValue(detach) || result.GetResult(output) is not null || result.GetValue(runId) is not null
                    || result.GetResult(branchFrom) is not null || result.GetResult(title) is not null
                    || result.GetResult(labels) is not null))
                result.AddError(
                    "--dry-run starts no run, so it cannot be combined with --detach, --output, --run-id, --branch-from, --display-name "
                        + "or --label.");
            if (result.GetResult(branchStep) is not null && result.GetResult(branchFrom) is null)
                result.AddError("--branch-step is a step of the run that --branch-from names; give that too.");
            if (result.GetResult(target) is { Tokens.Count: 1 } && !IsFolder(result.GetValue(target)!)
                && (result.GetValue(name) ?? result.GetValue(template)) is not null)
                result.AddError(
                    $"--name and --template need a folder, but '{result.GetValue(target)}' is a dataset's name. For a folder, add a '/'.");
        });
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var dataset = parsed.GetRequiredValue(target);
            var branch = await BranchAsync(); // before a folder is registered for nothing
            if (IsFolder(dataset))
            {
                var registered = await DatasetRegistration.RegisterAsync(
                    session, DatasetRegistration.Request(dataset, parsed.GetValue(name), parsed.GetValue(template)));
                dataset = registered.Name;
            }
            if (parsed.GetValue(dryRun)) return await EstimateText.PrintAsync(session, settings.Read(parsed, dataset));
            var created = await session.Client.Runs.CreateRunAsync(new()
            {
                RunId = parsed.GetValue(runId) ?? "",
                Settings = settings.Read(parsed, dataset),
                BranchFrom = branch,
                DisplayName = parsed.GetValue(title) ?? "",
                Labels = { LabelOptions.Read(parsed.GetValue(labels) ?? []) },
            });
            foreach (var warning in created.Warnings) session.Terminal.Tell($"Warning: {warning}");
            if (!parsed.GetValue(detach)) return await RunFollower.FollowAsync(session, created.Run, parsed.GetValue(output));
            if (session.Json) session.WriteJson(created);
            else session.Terminal.Print(created.Run.RunId);
            session.Terminal.Tell(
                $"Run {created.Run.RunId} continues in the background. Watch it with: {session.CommandLine($"watch {created.Run.RunId}")}");
            return ExitCode.Done;

            async Task<BranchPoint?> BranchAsync()
            {
                if (parsed.GetValue(branchFrom) is not { } run) return null;
                var point = new BranchPoint { RunId = await RunReference.ResolveAsync(session, run) };
                if (parsed.GetValue(branchStep) is { } step) point.Step = step;
                return point;
            }
        });
        return command;
    }

    /// <summary>A folder or zip on this machine, or what can only be a path (on the orchestrator's).</summary>
    private static bool IsFolder(string target) =>
        target.Contains('/') || target.Contains('\\') || Directory.Exists(target)
        || target.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
}
