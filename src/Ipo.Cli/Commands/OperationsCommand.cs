using System.CommandLine;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.Cli.Watching;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo operations</c>: lists registrations and evaluations that go on by themselves; its subcommands act on
/// one.</summary>
internal static class OperationsCommand
{
    private const int EntriesPerPage = 1000; // the contract's limit

    public static Command Create()
    {
        var command = List(
            "operations", "Lists registrations and evaluations of the last week, newest first, and acts on single ones.",
            "ipo operations", "ipo operations --state running", "ipo operations watch ID");
        command.Add(List("list", "Lists operations, newest first.", "ipo operations list --json | jq -r '.operations[].operationId'"));
        command.Add(Show());
        command.Add(Watch());
        command.Add(Cancel());
        command.Add(Resume());
        return command;
    }

    private static SessionCommand List(string name, string description, params string[] examples)
    {
        var states = Enum.GetValues<OperationState>().Where(state => state is not OperationState.Unspecified)
            .ToDictionary(OperationText.State);
        var state = OptionValues.Choice("--state", $"Only operations that are {string.Join(" or ", states.Keys)}.", [.. states.Keys]);
        state.HelpName = "STATE";
        var command = new SessionCommand(name, description) { Examples = examples };
        command.Add(state);
        command.SetHandler(async session =>
        {
            var request = new ListOperationsRequest { PageSize = EntriesPerPage };
            if (session.Parsed.GetValue(state) is { } wanted) request.States.Add(states[wanted]);
            var list = new ListOperationsResponse();
            do
            {
                var page = await session.Client.Operations.ListOperationsAsync(request);
                list.Operations.AddRange(page.Operations);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            if (session.Json) session.WriteJson(list);
            else if (list.Operations.Count > 0) OperationText.Table(list.Operations).Print(session.Terminal);
            else if (request.States.Count > 0)
                session.Terminal.Tell($"No operation is {session.Parsed.GetValue(state)}; 'ipo operations' lists all.");
            else session.Terminal.Tell("There are no operations of the last week: 'ipo datasets register' and 'ipo evaluate' make them.");
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Show()
    {
        var (command, id) = OfOne("show", "Shows one operation with what came of it.", "ipo operations show ID");
        command.SetHandler(async session =>
        {
            var found = await session.Client.Operations.GetOperationAsync(new() { OperationId = session.Parsed.GetRequiredValue(id) });
            if (session.Json) session.WriteJson(found);
            else
            {
                OperationText.Facts(found.Operation).Print(session.Terminal);
                if (found.Operation.Scores is { } scores) Print(session, scores);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Watch()
    {
        var (command, id) = OfOne(
            "watch", "Follows an operation until it has ended and says what came of it. With --json, one line per change.",
            "ipo operations watch ID", "ipo operations watch ID --json | jq .operation.state");
        command.SetHandler(async session =>
        {
            var operationId = session.Parsed.GetRequiredValue(id);
            try
            {
                var result = await OperationFollower.WatchAsync(session, operationId, operation =>
                {
                    if (session.Json) session.WriteJsonLine(new WatchOperationResponse { Operation = operation });
                });
                if (session.Json) return ExitCode.Done;
                if (result.Scores is { } scores) Print(session, scores);
                else session.Terminal.Print($"Dataset '{result.Dataset.Name}': {DatasetText.Contents(result.Dataset)}.");
                return ExitCode.Done;
            }
            catch (Exception fault) when (session.WasInterrupted(fault))
            {
                session.Terminal.Tell(
                    $"Detached; operation {operationId} continues. Watch it again with: "
                        + session.CommandLine($"operations watch {operationId}"));
                return ExitCode.Interrupted;
            }
        });
        return command;
    }

    private static SessionCommand Cancel()
    {
        var (command, id) = OfOne(
            "cancel", "Stops an operation for good and waits until it has stopped.", "ipo operations cancel ID");
        command.SetHandler(async session =>
        {
            var operationId = session.Parsed.GetRequiredValue(id);
            var cancelled = await session.Client.Operations.CancelOperationAsync(new() { OperationId = operationId });
            if (session.Json) session.WriteJson(cancelled);
            else session.Terminal.Print($"{OperationText.Name(cancelled.Operation)}: {OperationText.State(cancelled.Operation.State)}.");
            return cancelled.Operation.State is OperationState.Cancelled ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    private static SessionCommand Resume()
    {
        var (command, id) = OfOne(
            "resume", "Takes up an operation that a stop of the orchestrator interrupted.", "ipo operations resume ID");
        command.SetHandler(async session =>
        {
            var operationId = session.Parsed.GetRequiredValue(id);
            var found = (await session.Client.Operations.GetOperationAsync(new() { OperationId = operationId })).Operation;
            var request = new CreateOperationRequest { OperationId = operationId };
            if (found.Registration is { } registration) request.Registration = registration;
            else request.Evaluation = found.Evaluation;
            var resumed = await session.Client.Operations.CreateOperationAsync(request);
            if (session.Json) session.WriteJson(resumed);
            else
                session.Terminal.Print(
                    $"{OperationText.Name(resumed.Operation)}: {OperationText.State(resumed.Operation.State)}. Watch it with: "
                        + session.CommandLine($"operations watch {operationId}"));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(Session session, EvaluateTemplatesResponse scores)
    {
        ScoresText.Print(session.Terminal, scores);
        ScoresText.TellRefused(session.Terminal, scores);
    }

    private static (SessionCommand Command, Argument<string> Id) OfOne(string name, string description, params string[] examples)
    {
        var id = new Argument<string>("ID") { Description = "The operation's id, whole." };
        id.CompletionSources.Add(ServerNames.Operations);
        var command = new SessionCommand(name, description) { Examples = examples };
        command.Add(id);
        return (command, id);
    }
}
