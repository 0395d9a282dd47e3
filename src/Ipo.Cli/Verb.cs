using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ipo.Cli;

/// <summary>A command with examples in its help and an action that gets a <see cref="Session"/>.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Command lines that work as they stand, once the names in capitals are replaced.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Says what the command does; the action answers with the exit code.</summary>
    public void Does(Func<Session, Task<int>> action) => SetAction(async (parsed, stop) =>
    {
        var terminal = ((Invocation)parsed.InvocationConfiguration).Terminal;
        using var session = new Session(parsed, terminal, stop);
        return await CommandBoundary.RunAsync(session, action);
    });
}

/// <summary>Carries the terminal from the entry to the actions.</summary>
internal sealed class Invocation : InvocationConfiguration
{
    public Invocation(Terminal terminal)
    {
        Terminal = terminal;
        Output = terminal.Out;
        Error = terminal.Error;
        EnableDefaultExceptionHandler = false; // It writes stack traces.
        ProcessTerminationTimeout = null; // Program handles signals, so that Ctrl-C can detach.
    }

    public Terminal Terminal { get; }
}

/// <summary>The usual help, and below it the examples; for the root also what scripts need to know.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private const string ForScripts = """

        Exit codes:
          0    done
          1    error
          2    the command line is wrong
          3    the run failed or was cancelled
          130  stopped with Ctrl-C; a run that was followed goes on

        Environment:
          IPO_SERVER                   address of the orchestrator's gRPC port
          IPO_HOME                     where a running AppHost leaves its addresses;
                                       else ~/.ipo
          NO_COLOR                     any value: no colours
          OTEL_EXPORTER_OTLP_ENDPOINT  where to send traces

        """;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        var invocation = (Invocation)parseResult.InvocationConfiguration;
        var usual = new StringWriter();
        invocation.Output = usual; // The usual help pads its lines with blanks, which nobody needs.
        new HelpAction { MaxWidth = Math.Clamp(invocation.Terminal.Width(), 60, 120) }.Invoke(parseResult);
        invocation.Output = invocation.Terminal.Out;
        foreach (var line in usual.ToString().TrimEnd().Split('\n')) invocation.Output.WriteLine(line.TrimEnd());
        var examples = (command as Verb)?.Examples ?? (command is RootCommand ? IpoCommand.Examples : []);
        if (examples.Count > 0) invocation.Output.WriteLine("\nExamples:");
        foreach (var example in examples) invocation.Output.WriteLine($"  {example}");
        if (command is RootCommand) invocation.Output.Write(ForScripts);
        return ExitCode.Done;
    }
}
