using System.CommandLine;
using Grpc.Core;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Runs;

/// <summary>The RUN of a command line: an id, the beginning of one, or "last".</summary>
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

    /// <summary>The id of the run that is meant.</summary>
    /// <exception cref="CommandFailure">There is no such run, or there are several.</exception>
    public async Task<string> ResolveAsync(Session session)
    {
        var given = session.Parsed.GetRequiredValue(_argument);
        if (_whole) return given;
        try
        {
            await session.Client.Runs.GetRunAsync(new() { RunId = given });
            return given;
        }
        catch (RpcException fault) when (fault.StatusCode is StatusCode.NotFound)
        {
            return given == Last ? await NewestAsync(session) : await BeginningWithAsync(session, given);
        }
    }

    private async Task<string> NewestAsync(Session session)
    {
        var request = new ListRunsRequest { PageSize = 1 };
        if (_completed) request.States.Add(RunState.Completed);
        var newest = (await session.Client.Runs.ListRunsAsync(request)).Runs;
        return newest.Count > 0
            ? newest[0].RunId
            : throw new CommandFailure($"There is no {(_completed ? "completed run" : "run")} yet. Start one with: ipo optimize PATH");
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
