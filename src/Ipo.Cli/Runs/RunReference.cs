using System.CommandLine;
using Grpc.Core;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Runs;

/// <summary>The RUN of a command line, an argument or an option's value: an id, the beginning of one, or "last".</summary>
internal sealed class RunReference
{
    private const string Last = "last";
    private const int EntriesPerPage = 1000; // the contract's limit
    private const int MostNamed = 5;

    private readonly Argument<string> _argument;
    private readonly bool _completed, _whole;

    /// <summary>Adds the argument to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="completed">Whether "last" means the newest completed run and not simply the newest.</param>
    /// <param name="whole">Whether the id must be given whole: what cannot be undone takes no beginning, which might be
    /// another run's by now.</param>
    public RunReference(Command command, bool completed = false, bool whole = false)
    {
        (_completed, _whole) = (completed, whole);
        _argument = new("RUN")
        {
            HelpName = "RUN",
            Description = whole
                ? "The run's id."
                : $"The run's id or the beginning of it; '{Last}' for the newest{(completed ? " completed" : "")} run.",
        };
        if (!whole) _argument.CompletionSources.Add(_ => [Last]);
        _argument.CompletionSources.Add(ServerNames.Runs);
        command.Add(_argument);
    }

    /// <summary>An option that takes a run; null if it is not given.</summary>
    public static Option<string?> Option(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "RUN" };
        option.CompletionSources.Add(_ => [Last]);
        option.CompletionSources.Add(ServerNames.Runs);
        return option;
    }

    /// <summary>The id of the run that is meant.</summary>
    /// <exception cref="CommandFailure">There is no such run, or there are several.</exception>
    public async Task<string> ResolveAsync(Session session)
    {
        var given = session.Parsed.GetRequiredValue(_argument);
        return _whole ? given : await ResolveAsync(session, given, _completed);
    }

    /// <summary>The id of the run that an option's value means.</summary>
    /// <exception cref="CommandFailure">There is no such run, or there are several.</exception>
    public static Task<string> ResolveAsync(Session session, string given) => ResolveAsync(session, given, completed: false);

    private static async Task<string> ResolveAsync(Session session, string given, bool completed)
    {
        try
        {
            await session.Client.Runs.GetRunAsync(new() { RunId = given });
            return given;
        }
        catch (RpcException fault) when (fault.StatusCode is StatusCode.NotFound)
        {
            return given == Last ? await NewestAsync(session, completed) : await BeginningWithAsync(session, given);
        }
    }

    private static async Task<string> NewestAsync(Session session, bool completed)
    {
        var request = new ListRunsRequest { PageSize = 1 };
        if (completed) request.States.Add(RunState.Completed);
        var newest = (await session.Client.Runs.ListRunsAsync(request)).Runs;
        return newest.Count > 0
            ? newest[0].RunId
            : throw new CommandFailure($"There is no {(completed ? "completed run" : "run")} yet. Start one with: ipo optimize PATH");
    }

    private static async Task<string> BeginningWithAsync(Session session, string beginning)
    {
        var found = new List<string>();
        var request = new ListRunsRequest { PageSize = EntriesPerPage };
        do
        {
            var page = await session.Client.Runs.ListRunsAsync(request);
            found.AddRange(page.Runs.Select(run => run.RunId).Where(id => id.StartsWith(beginning, StringComparison.Ordinal)));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return found switch
        {
            [var only] => only,
            [] => throw new CommandFailure($"No run id begins with '{beginning}'; 'ipo runs' lists them."),
            _ => throw new CommandFailure(
                $"{found.Count} runs begin with '{beginning}': {string.Join(", ", found.Take(MostNamed))}"
                    + $"{(found.Count > MostNamed ? ", …" : "")}. Type more of the id."),
        };
    }
}
