using System.CommandLine;

namespace Ipo.Cli.Sessions;

/// <summary>A command with examples in its help and an action that gets a <see cref="Session"/>.</summary>
internal sealed class SessionCommand(string name, string description) : Command(name, description)
{
    /// <summary>Command lines that work as they stand, once the names in capitals are replaced.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>What an option takes, each with its words, under a heading of its own in the help.</summary>
    public (string Heading, IReadOnlyList<(string Name, string Words)> Rows)? Values { get; init; }

    /// <summary>A command as it is typed, for instance "ipo runs show".</summary>
    public static string FullName(Command command) => command switch
    {
        RootCommand => "ipo",
        _ => $"{FullName(command.Parents.OfType<Command>().First())} {command.Name}",
    };

    /// <summary>Says what the command does; the action answers with the exit code.</summary>
    public void SetHandler(Func<Session, Task<int>> action) => SetAction(async (parsed, cancellation) =>
    {
        var terminal = ((Invocation)parsed.InvocationConfiguration).Terminal;
        using var session = new Session(parsed, terminal, cancellation);
        return await CommandBoundary.RunAsync(session, action);
    });
}
