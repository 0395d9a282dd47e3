using System.CommandLine.Completions;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Completion;

/// <summary>Names that only the orchestrator knows, for completion.</summary>
internal static class ServerNames
{
    // A person waits with a finger on the key; --timeout of the line says another wait.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int MostRuns = 100;

    // The library hands a source nothing of ours. Help reads the sources too, and must ask nobody.
    private static readonly AsyncLocal<Terminal?> Asking = new();

    /// <summary>Ids of the newest runs.</summary>
    public static IEnumerable<string> Runs(CompletionContext context) =>
        Ask(context, client => client.Runs.ListRuns(new() { PageSize = MostRuns }).Runs.Select(run => run.RunId));

    /// <summary>Names of registered datasets.</summary>
    public static IEnumerable<string> Datasets(CompletionContext context) =>
        Ask(context, client => client.Datasets.ListDatasets(new()).Datasets.Select(dataset => dataset.Name));

    /// <summary>Ids of operations.</summary>
    public static IEnumerable<string> Operations(CompletionContext context) =>
        Ask(context, client => client.Operations.ListOperations(new()).Operations.Select(operation => operation.OperationId));

    /// <summary>Names of proposers.</summary>
    public static IEnumerable<string> Proposers(CompletionContext context) =>
        Ask(context, client => client.System.GetSystem(new()).Proposers.Select(proposer => proposer.Name));

    /// <summary>Lets the sources ask, until it is disposed.</summary>
    public static IDisposable AskFrom(Terminal terminal)
    {
        Asking.Value = terminal;
        return new Silence();
    }

    private static List<string> Ask(CompletionContext context, Func<IpoClient, IEnumerable<string>> names)
    {
        if (Asking.Value is not { } terminal) return [];
        using var patience = new CancellationTokenSource(context.ParseResult.GetValue(GlobalOptions.Timeout) ?? Patience);
        using var session = new Session(context.ParseResult, terminal, patience.Token);
        try { return [.. names(session.Client).Where(IsPlain)]; }
        // Nobody to ask is nothing to suggest: the line that is being typed is no place for an error. The command says it.
        catch (Exception fault) when (fault is RpcException or CommandFailure or OperationCanceledException) { return []; }
    }

    // Shells put a suggestion into the command line as it stands, where a sign of theirs would be obeyed.
    private static bool IsPlain(string name) =>
        name.Length > 0 && name[0] != '-' && name.All(sign => char.IsLetterOrDigit(sign) || sign is '-' or '_' or '.' or '/');

    private sealed class Silence : IDisposable
    {
        public void Dispose() => Asking.Value = null;
    }
}
