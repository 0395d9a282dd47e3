using System.CommandLine;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo runs</c>: lists runs; its subcommands act on one.</summary>
internal static class RunsCommand
{
    private const int EntriesPerPage = 1000; // the contract's limit

    public static Command Create()
    {
        var command = List("runs", "Lists runs, newest first, and acts on single ones.", "ipo runs", "ipo runs --dataset flowers", "ipo runs cancel RUN");
        command.Add(List("list", "Lists runs, newest first.", "ipo runs list --json | jq -r '.runs[].runId'"));
        command.Add(Show());
        command.Add(Finish());
        command.Add(Cancel());
        command.Add(Resume());
        command.Add(Delete());
        return command;
    }

    private static Verb List(string name, string description, params string[] examples)
    {
        var dataset = new Option<string?>("--dataset") { Description = "Only runs of this dataset.", HelpName = "NAME" };
        var command = new Verb(name, description) { Examples = examples };
        command.Add(dataset);
        command.Does(async session =>
        {
            var request = new ListRunsRequest { Dataset = session.Parsed.GetValue(dataset) ?? "", PageSize = EntriesPerPage };
            var list = new ListRunsResponse();
            do
            {
                var page = await session.Client.Runs.ListRunsAsync(request);
                list.Runs.AddRange(page.Runs);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            if (session.Json) session.WriteJson(list);
            else if (list.Runs.Count == 0) session.Terminal.Tell("There are no runs yet. Start one with: ipo optimize PATH");
            else RunText.Table(list.Runs).Print(session.Terminal);
            return ExitCode.Done;
        });
        return command;
    }

    private static Verb Show()
    {
        var (command, runId) = OfOneRun("show", "Shows one run.", "ipo runs show RUN");
        command.Does(async session =>
        {
            var found = await session.Client.Runs.GetRunAsync(new() { RunId = session.Parsed.GetRequiredValue(runId) });
            if (session.Json) session.WriteJson(found);
            else RunText.Facts(found.Run).Print(session.Terminal);
            return ExitCode.Done;
        });
        return command;
    }

    private static Verb Finish()
    {
        var (command, runId) = OfOneRun("finish", "Ends a run's search early; what it has found is proved and reported.", "ipo runs finish RUN && ipo watch RUN");
        command.Does(async session =>
        {
            var id = session.Parsed.GetRequiredValue(runId);
            var finishing = await session.Client.Runs.FinishRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(finishing);
            else session.Terminal.Print($"Run {id} ends its search after the calls in flight. Follow it with: {session.CommandLine($"watch {id}")}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Verb Cancel()
    {
        var (command, runId) = OfOneRun("cancel", "Stops a run for good; what it has found stays readable.", "ipo runs cancel RUN");
        command.Does(async session =>
        {
            var id = session.Parsed.GetRequiredValue(runId);
            var cancelled = await session.Client.Runs.CancelRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(cancelled);
            else session.Terminal.Print($"Run {id} is {RunText.State(cancelled.Run)}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Verb Resume()
    {
        var (command, runId) = OfOneRun("resume", "Lets a run that failed or stands still go on from where it stood.", "ipo runs resume RUN && ipo watch RUN");
        command.Does(async session =>
        {
            var id = session.Parsed.GetRequiredValue(runId);
            var resumed = await session.Client.Runs.ResumeRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(resumed);
            else session.Terminal.Print($"Run {id} is {RunText.State(resumed.Run)} again. Follow it with: {session.CommandLine($"watch {id}")}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Verb Delete()
    {
        var (command, runId) = OfOneRun("delete", "Deletes a run that is not running, with its journal and its report.", "ipo runs delete RUN --yes");
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        command.Add(yes);
        command.Does(async session =>
        {
            var id = session.Parsed.GetRequiredValue(runId);
            if (!session.Parsed.GetValue(yes) && !Confirmed(session.Terminal, id)) return Kept(session.Terminal, id);
            var deleted = await session.Client.Runs.DeleteRunAsync(new() { RunId = id });
            if (session.Json) session.WriteJson(deleted);
            else session.Terminal.Print($"Run {id} is deleted.");
            return ExitCode.Done;
        });
        return command;
    }

    private static (Verb Command, Argument<string> RunId) OfOneRun(string name, string description, string example)
    {
        var runId = new Argument<string>("RUN") { Description = "The run's id." };
        var command = new Verb(name, description) { Examples = [example] };
        command.Add(runId);
        return (command, runId);
    }

    private static bool Confirmed(Terminal terminal, string id)
    {
        if (!terminal.CanAnswer)
            throw new CommandFailure($"Deleting run {id} cannot be undone and nobody can be asked here; pass --yes to delete it.", ExitCode.Usage);
        terminal.Error.Write(Terminal.Plain($"Delete run {id} with its journal and report? This cannot be undone. [y/N] "));
        terminal.Error.Flush();
        return terminal.In.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static int Kept(Terminal terminal, string id)
    {
        terminal.Tell($"Run {id} is kept.");
        return ExitCode.Error;
    }
}
