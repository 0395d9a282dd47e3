using System.CommandLine;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>The options of a command whose work is an operation.</summary>
internal sealed class OperationOptions
{
    private readonly Option<string?> _id = new("--operation-id")
    {
        Description = "Id of the operation; repeating it with the same request joins it or gives its result again, for a week.",
        HelpName = "ID",
    };

    private readonly Option<bool> _detach = new("--detach", "-d") { Description = "Print the operation's id and do not wait for it." };

    /// <summary>Adds the options to a command.</summary>
    public OperationOptions(Command command)
    {
        command.Add(_id);
        command.Add(_detach);
    }

    /// <summary>The id that was given, or null.</summary>
    public string? Id(ParseResult parsed) => parsed.GetValue(_id);

    /// <summary>Whether it is only to begin.</summary>
    public bool IsDetached(ParseResult parsed) => parsed.GetValue(_detach);

    /// <summary>Begins the operation and leaves it to itself.</summary>
    public static async Task<int> BeginAsync(Session session, CreateOperationRequest request)
    {
        var begun = await session.Client.Operations.CreateOperationAsync(request);
        if (session.Json) session.WriteJson(begun);
        else session.Terminal.Print(request.OperationId);
        session.Terminal.Tell(
            $"Operation {request.OperationId} continues in the background. Watch it with: "
                + session.CommandLine($"operations watch {request.OperationId}"));
        return ExitCode.Done;
    }
}
