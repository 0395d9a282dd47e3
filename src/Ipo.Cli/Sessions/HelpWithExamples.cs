using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ipo.Cli.Connections;

namespace Ipo.Cli.Sessions;

/// <summary>The usual help, and below it the examples; for the root also what scripts need to know.</summary>
/// <param name="rootExamples">Examples of the root command.</param>
internal sealed class HelpWithExamples(IReadOnlyList<string> rootExamples) : SynchronousCommandLineAction
{
    private const string ForScripts = """

        Exit codes:
          0    done
          1    error
          2    the command line is wrong
          3    the run failed or was cancelled
          130  stopped with Ctrl-C; a followed run continues

        Environment:
          IPO_SERVER                   address of the orchestrator's gRPC port
          IPO_TOKEN                    the API key or token to call with
          IPO_TLS_AUTHORITY            PEM file of the server's authorities
          IPO_HOME                     where a running AppHost writes its addresses and
                                       models are pulled to; default ~/.ipo
          HF_ENDPOINT, HF_TOKEN        the hub that models are pulled from
          NO_COLOR                     any value turns colours off
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
        if ((command as SessionCommand)?.Values is { } values)
        {
            invocation.Output.WriteLine($"\n{values.Heading}:");
            var width = values.Rows.Max(row => row.Name.Length);
            foreach (var (name, words) in values.Rows) invocation.Output.WriteLine($"  {name.PadRight(width)}  {words}");
        }
        var examples = (command as SessionCommand)?.Examples ?? (command is RootCommand ? rootExamples : []);
        if (examples.Count > 0) invocation.Output.WriteLine("\nExamples:");
        foreach (var example in examples) invocation.Output.WriteLine($"  {example}");
        if (command is RootCommand) invocation.Output.Write(ForScripts);
        return ExitCode.Done;
    }
}
