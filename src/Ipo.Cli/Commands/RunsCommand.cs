using System.CommandLine;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo runs</c>: lists runs; its subcommands act on one.</summary>
internal static class RunsCommand
{
    private const int EntriesPerPage = 1000; // the contract's limit

    public static Command Create()
    {
        var command = List(
            "runs", "Lists runs, newest first, and acts on single ones.", "ipo runs", "ipo runs --dataset flowers --label team=vision",
            "ipo runs cancel RUN");
        command.Add(List("list", "Lists runs, newest first.", "ipo runs list --json | jq -r '.runs[].runId'"));
        command.Add(Show());
        command.Add(Finish());
        command.Add(Pause());
        command.Add(Cancel());
        command.Add(Resume());
        command.Add(Delete());
        command.Add(Archive());
        command.Add(Restore());
        command.Add(Repair());
        return command;
    }

    private static SessionCommand List(string name, string description, params string[] examples)
    {
        var dataset = new Option<string?>("--dataset") { Description = "Only runs of this dataset.", HelpName = "NAME" };
        dataset.CompletionSources.Add(ServerNames.Datasets);
        var command = new SessionCommand(name, description) { Examples = examples };
        var called = new Option<string?>("--display-name")
        {
            Description = "Only runs whose display name contains this text, in any case.",
            HelpName = "TEXT",
        };
        var states = Enum.GetValues<RunState>().Where(state => state is not RunState.Unspecified).ToDictionary(RunWords.State);
        var state = OptionValues.Choice("--state", $"Only runs that are {string.Join(" or ", states.Keys)}.", [.. states.Keys]);
        state.HelpName = "STATE";
        var labels = LabelOptions.ToFind();
        command.Add(dataset);
        command.Add(state);
        command.Add(called);
        command.Add(labels);
        command.SetHandler(async session =>
        {
            var request = new ListRunsRequest
            {
                Dataset = session.Parsed.GetValue(dataset) ?? "",
                DisplayName = session.Parsed.GetValue(called) ?? "",
                PageSize = EntriesPerPage,
                Labels = { session.Parsed.GetValue(labels) ?? [] },
            };
            if (session.Parsed.GetValue(state) is { } wanted) request.States.Add(states[wanted]);
            var list = new ListRunsResponse();
            do
            {
                var page = await session.Client.Runs.ListRunsAsync(request);
                list.Runs.AddRange(page.Runs);
                list.DamagedRuns.AddRange(page.DamagedRuns);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            if (session.Json) session.WriteJson(list);
            else if (list.Runs.Count == 0 && request.States.Count > 0)
                session.Terminal.Tell($"No such run is {session.Parsed.GetValue(state)}; 'ipo runs' lists all.");
            else if (list.Runs.Count == 0 && request.Labels.Count > 0)
                session.Terminal.Tell($"There are no such runs with {string.Join(" and ", request.Labels)}; 'ipo runs' lists all.");
            else if (list.Runs.Count == 0 && request.DisplayName.Length > 0)
                session.Terminal.Tell($"There are no such runs with '{request.DisplayName}' in their display name; 'ipo runs' lists all.");
            else if (list.Runs.Count == 0 && request.Dataset.Length > 0)
                session.Terminal.Tell($"There are no runs of a dataset '{request.Dataset}'; 'ipo datasets' lists the datasets.");
            else if (list.Runs.Count > 0) RunText.Table(list.Runs).Print(session.Terminal);
            else if (list.DamagedRuns.Count == 0) session.Terminal.Tell("There are no runs yet. Start one with: ipo optimize PATH");
            foreach (var damaged in session.Json ? [] : list.DamagedRuns)
                session.Terminal.Tell($"Run {damaged.RunId} is damaged. {damaged.Damage}");
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Show()
    {
        var (command, runId) = OfOneRun("show", "Shows one run.", "ipo runs show RUN", "ipo runs show last --instruction --step 3");
        var instruction = new Option<bool>("--instruction")
        {
            Description = "Show a step's instruction and the proposers' answers, word for word.",
        };
        var step = OptionValues.Number<int>("--step", "With --instruction: the step. Default: the newest.");
        command.Add(instruction);
        command.Add(step);
        command.Validators.Add(result =>
        {
            if (result.GetResult(step) is not null && !result.GetValue(instruction)) result.AddError("--step needs --instruction.");
        });
        command.SetHandler(async session =>
        {
            if (session.Parsed.GetValue(instruction))
            {
                var proposals = await session.Client.Runs.GetProposalsAsync(new()
                {
                    RunId = await runId.ResolveAsync(session),
                    Step = session.Parsed.GetValue(step) ?? 0,
                });
                if (session.Json) session.WriteJson(proposals);
                else foreach (var line in TranscriptText.Lines(proposals)) session.Terminal.Print(line);
                return ExitCode.Done;
            }
            var found = await session.Client.Runs.GetRunAsync(new() { RunId = await runId.ResolveAsync(session) });
            if (session.Json) session.WriteJson(found);
            else RunText.Facts(found.Run).Print(session.Terminal);
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Finish()
    {
        var (command, runId) = OfOneRun(
            "finish", "Ends a run's search early, then evaluates and reports what it found.", "ipo runs finish RUN && ipo watch RUN");
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            var finishing = await session.Client.Runs.FinishRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(finishing);
            else
                session.Terminal.Print(
                    $"Run {id} will end its search after the calls in flight. Watch it with: {session.CommandLine($"watch {id}")}");
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Pause()
    {
        var (command, runId) = OfOneRun(
            "pause", "Lets a run stand still after its current step; 'resume' lets it go on.", "ipo runs pause RUN", "ipo runs resume RUN");
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            var pausing = await session.Client.Runs.PauseRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(pausing);
            else
                session.Terminal.Print(
                    pausing.Run.State is RunState.Paused
                        ? $"Run {id} is paused."
                        : $"Run {id} will stand still after its current step. "
                            + $"Let it go on with: {session.CommandLine($"runs resume {id}")}");
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Cancel()
    {
        var (command, runId) = OfOneRun(
            "cancel", "Stops a run for good; what it found stays readable.", whole: true, "ipo runs cancel RUN");
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            var cancelled = await session.Client.Runs.CancelRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(cancelled);
            else session.Terminal.Print($"Run {id} is {RunWords.State(cancelled.Run.State)}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Resume()
    {
        var (command, runId) = OfOneRun(
            "resume", "Resumes a run that failed, was paused or stopped.", "ipo runs resume RUN && ipo watch RUN");
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            var resumed = await session.Client.Runs.ResumeRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(resumed);
            else
                session.Terminal.Print(
                    $"Run {id} is {RunWords.State(resumed.Run.State)} again. Watch it with: {session.CommandLine($"watch {id}")}");
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Delete()
    {
        var (command, runId) = OfOneRun(
            "delete", "Deletes a run that is not running, with its journal and its report.", whole: true, "ipo runs delete RUN --yes");
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation." };
        command.Add(yes);
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            if (!session.Parsed.GetValue(yes)
                && !session.Confirms("Deleting a run", $"Delete run {id} with its journal and report? This cannot be undone."))
            {
                session.Terminal.Tell($"Kept run {id}.");
                return ExitCode.Error;
            }
            var deleted = await session.Client.Runs.DeleteRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(deleted);
            else session.Terminal.Print($"Deleted run {id}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Archive()
    {
        var (command, runId) = OfOneRun(
            "archive", "Writes a run's whole journal into one file, from which 'restore' brings it back.", whole: true,
            "ipo runs archive RUN --out run.ipo", "ipo runs archive RUN --out run.ipo && ipo runs delete RUN --yes");
        var output = new Option<FileInfo>("--out", "--output", "-o")
        {
            Description = "The file to write.",
            HelpName = "FILE",
            Required = true,
        };
        command.Add(output);
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            var archived = await session.Client.Journal.ArchiveRunAsync(new() { RunId = id });
            var path = session.Parsed.GetRequiredValue(output).FullName;
            // Under another name until all is there: what stood before stays when this breaks off.
            await File.WriteAllBytesAsync($"{path}.part", archived.Archive.ToByteArray());
            File.Move($"{path}.part", path, overwrite: true);
            if (session.Json) session.WriteJson(new ArchiveRunResponse(archived) { Archive = Google.Protobuf.ByteString.Empty });
            else session.Terminal.Tell($"Written: {path} ({Amounts.Count(archived.Events, "event")})");
            if (archived.Damage.Length > 0 && !session.Json) session.Terminal.Tell($"The rest is missing. {archived.Damage}");
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Restore()
    {
        var command = new SessionCommand("restore", "Takes in a run that 'archive' wrote, here or at another orchestrator.")
        {
            Examples = ["ipo runs restore run.ipo", "ipo runs restore run.ipo --run-id copy"],
        };
        var file = new Argument<FileInfo>("FILE") { Description = "The file." };
        var runId = new Option<string?>("--run-id") { Description = "The id that it gets. Default: the one that it had.", HelpName = "ID" };
        command.Add(file);
        command.Add(runId);
        command.SetHandler(async session =>
        {
            var path = session.Parsed.GetRequiredValue(file);
            if (!path.Exists) throw new CommandFailure($"There is no file {path.FullName}.");
            var restored = await session.Client.Journal.RestoreRunAsync(new()
            {
                Archive = Google.Protobuf.ByteString.CopyFrom(await File.ReadAllBytesAsync(path.FullName)),
                RunId = session.Parsed.GetValue(runId) ?? "",
            });
            if (session.Json) session.WriteJson(restored);
            else
                session.Terminal.Print(
                    $"Run {restored.Run.RunId} is here, {RunWords.State(restored.Run.State)}. {restored.Run.Reason}".TrimEnd());
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Repair()
    {
        var (command, runId) = OfOneRun(
            "repair", "Lets a run whose journal is damaged go on from its last sound event.", whole: true, "ipo runs repair RUN --yes");
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation." };
        command.Add(yes);
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            if (!session.Parsed.GetValue(yes)
                && !session.Confirms("Cutting a run", $"Cut run {id} at its last sound event? What came after that is lost."))
            {
                session.Terminal.Tell($"Left run {id} as it is.");
                return ExitCode.Error;
            }
            var repaired = await session.Client.Journal.RepairRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(repaired);
            else
                session.Terminal.Print(
                    $"Run {id} has {Amounts.Count(repaired.Run.JournalLength, "event")} and is {RunWords.State(repaired.Run.State)}. "
                        + $"It was damaged: {repaired.Damage}");
            return ExitCode.Done;
        });
        return command;
    }

    private static (SessionCommand Command, RunReference RunId) OfOneRun(string name, string description, params string[] examples) =>
        OfOneRun(name, description, whole: false, examples);

    private static (SessionCommand Command, RunReference RunId) OfOneRun(
        string name, string description, bool whole, params string[] examples)
    {
        var command = new SessionCommand(name, description) { Examples = examples };
        return (command, new RunReference(command, whole: whole));
    }
}
