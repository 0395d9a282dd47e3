using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ipo.Cli.Commands;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;

namespace Ipo.Cli;

/// <summary>The command tree of <c>ipo</c> and the way into it.</summary>
public static class IpoCommand
{
    private static readonly string[] Examples =
    [
        "ipo optimize photos/flowers         find the best template for a folder of images",
        "ipo runs                            list runs",
        "ipo watch RUN                       follow a run",
        "ipo report RUN --output report.md   save what a run found",
        "ipo classify RUN new/*.jpg          classify new images with it",
    ];

    private static readonly RootCommand Tree = Grow();

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="terminal">Where it runs.</param>
    /// <param name="cancellation">Ctrl-C: a command that follows a run detaches, the others stop.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation = default)
    {
        // No response files: "@" may begin a template or a file name.
        var parsed = Tree.Parse(args.Count > 0 ? args : ["--help"], new ParserConfiguration { ResponseFileTokenReplacer = null });
        var invocation = new Invocation(terminal);
        if (parsed.Action is not ParseErrorAction) return await parsed.InvokeAsync(invocation, cancellation);
        foreach (var error in Errors(parsed)) terminal.Tell($"ipo: {error}");
        terminal.Tell($"See '{SessionCommand.FullName(parsed.CommandResult.Command)} --help'.");
        return ExitCode.Usage;
    }

    /// <summary>Names of the commands, without their subcommands.</summary>
    internal static IEnumerable<string> Names => Tree.Subcommands.Select(command => command.Name);

    /// <summary>What is wrong with a command line as it is typed, without "ipo"; nothing is run.</summary>
    internal static IEnumerable<string> Problems(string line)
    {
        var parsed = Tree.Parse(line);
        return parsed.Action is ParseErrorAction ? Errors(parsed) : [];
    }

    private static IEnumerable<string> Errors(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return parsed.UnmatchedTokens switch
        {
            [['-', ..] unknown, ..] => [$"'{SessionCommand.FullName(command)}' has no option '{unknown}'."],
            [var unknown, ..] when command.Subcommands.Count > 0 =>
                [$"'{SessionCommand.FullName(command)}' has no command '{unknown}'; " +
                    $"it has {string.Join(", ", command.Subcommands.Select(known => known.Name))}."],
            _ => parsed.Errors.Select(error => error.Message),
        };
    }

    private static RootCommand Grow()
    {
        var root = new RootCommand(
            "Finds the prompt template with which a CLIP checkpoint classifies your images best, and proves the gain.")
        {
            OptimizeCommand.Create(),
            WatchCommand.Create(),
            RunsCommand.Create(),
            OpenCommand.Create(),
            ReportCommand.Create(),
            ExportCommand.Create(),
            EvaluateCommand.Create(),
            CompareCommand.Create(),
            BenchCommand.Create(),
            ClassifyCommand.Create(),
            DatasetsCommand.Create(),
            OperationsCommand.Create(),
            JournalCommand.Create(),
            ModelCommand.Create(),
            KeysCommand.Create(),
            CompletionCommand.Create(),
            VersionCommand.Create(),
        };
        root.HelpName = "ipo";
        root.Add(GlobalOptions.Server);
        root.Add(GlobalOptions.TokenFile);
        root.Add(GlobalOptions.Authority);
        root.Add(GlobalOptions.Insecure);
        root.Add(GlobalOptions.Json);
        root.Add(GlobalOptions.Timeout);
        root.Options.OfType<HelpOption>().Single().Action = new HelpWithExamples(Examples);
        root.Directives.OfType<SuggestDirective>().Single().Action = new Suggestions(root);
        root.Options.OfType<VersionOption>().Single().Action = new VersionCommand.Print();
        return root;
    }
}
