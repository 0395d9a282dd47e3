using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.Globalization;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;

namespace Ipo.Cli.Completion;

/// <summary>
/// What <c>ipo "[suggest:COLUMN]" "LINE"</c> prints: what the word before the column may become, one a line. A shell's script
/// (<see cref="ShellScripts"/>) only hands the line over and shows the answer.
/// </summary>
/// <param name="root">The command tree.</param>
internal sealed class Suggestions(RootCommand root) : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var line = parseResult.UnmatchedTokens.Count > 0 ? parseResult.UnmatchedTokens[^1] : "";
        var column = Column(parseResult) ?? line.Length;
        // A shell may have cut the blank behind the last word.
        line = line.Length >= column ? line[..column] : line.PadRight(column);
        var terminal = ((Invocation)parseResult.InvocationConfiguration).Terminal;
        using (ServerNames.AskFrom(terminal))
            foreach (var suggestion in Of(WithoutProgram(line))) terminal.Print(suggestion);
        return ExitCode.Done;
    }

    private int? Column(ParseResult parsed) =>
        parsed.GetResult(root.Directives.OfType<SuggestDirective>().Single())?.Values is [var text, ..]
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var column) ? column : null;

    private static string WithoutProgram(string line) => line.TrimStart() is var typed && typed.IndexOf(' ') is >= 0 and var blank
        ? typed[(blank + 1)..]
        : "";

    private IEnumerable<string> Of(string line)
    {
        // What is there before the word decides what it may become; with it, a whole command's name would be taken as given.
        var (before, word) = (line[..(line.LastIndexOf(' ') + 1)], line[(line.LastIndexOf(' ') + 1)..]);
        var all = root.Parse(before).GetCompletions(before.Length).Select(item => item.InsertText ?? item.Label)
            .Where(text => text.StartsWith(word, StringComparison.Ordinal)).Distinct().ToList();
        var (options, others) = (all.Where(IsLongOption), all.Where(text => text[0] is not ('-' or '/')));
        // Options, of which there are many, once a person asks for them or nothing else fits.
        return word is ['-', ..] || !others.Any() ? options : others;
    }

    private static bool IsLongOption(string text) => text.StartsWith("--", StringComparison.Ordinal);
}
