using System.Text.RegularExpressions;
using Ipo.Cli;
using Xunit;

namespace Ipo.Tests.Structure;

/// <summary>What README and docs tell a person to type is what <c>ipo</c> takes, and they explain all that a report has.</summary>
public sealed partial class DocumentationTests
{
    private static readonly List<(string File, string Text)> Pages =
    [
        .. new[] { "README.md", "src/Ipo.Cli/README.md", "deploy/README.md" }
            .Concat(Directory.EnumerateFiles(Path.Combine(Shared.Repository, "docs"), "*.md").Select(file => Path.GetRelativePath(Shared.Repository, file)))
            .Select(file => (file, File.ReadAllText(Path.Combine(Shared.Repository, file)))),
    ];

    [Fact]
    public void Every_command_line_of_ipo_in_a_code_block_is_one_that_it_takes()
    {
        var commands = Pages.SelectMany(page => Block().Matches(page.Text).SelectMany(block => block.Groups[1].Value.Split('\n'))
            .Where(line => !line.Contains('…', StringComparison.Ordinal) || line.Contains(" # ", StringComparison.Ordinal))
            .Select(line => Command().Match(line)).Where(match => match.Success).Select(match => (page.File, Line: match.Groups[1].Value.Trim()))).ToList();
        Assert.True(commands.Count > 30, $"only {commands.Count} command lines were found");
        Assert.Equal([], commands.SelectMany(command => IpoCommand.Problems(command.Line).Select(problem => $"{command.File}: ipo {command.Line}: {problem}")));
    }

    [Fact]
    public void Every_command_that_stands_in_a_text_is_one_that_it_has()
    {
        var named = Pages.SelectMany(page => Code().Matches(page.Text).Select(match => (page.File, Name: match.Groups[1].Value))).ToList();
        Assert.True(named.Count > 40, $"only {named.Count} commands were found");
        var known = IpoCommand.Names.ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], named.Where(command => !known.Contains(command.Name)));
    }

    [Fact]
    public void Every_section_of_a_report_is_explained()
    {
        var page = File.ReadAllText(Path.Combine(Shared.Repository, "docs", "report.md"));
        var sections = Directory.EnumerateFiles(Path.Combine(Shared.Repository, "src", "Ipo.Orchestrator", "Reports", "Sections"), "*.cs")
            .SelectMany(file => Section().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToList();
        Assert.True(sections.Count > 10, $"only {sections.Count} sections were found");
        Assert.All(sections, section => Assert.Contains($"\n## {section}\n", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_message_that_troubleshooting_quotes_is_one_that_the_code_has()
    {
        var page = File.ReadAllText(Path.Combine(Shared.Repository, "docs", "troubleshooting.md"));
        var code = string.Concat(Directory.EnumerateFiles(Path.Combine(Shared.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Shared.Repository, "protos"), "*.proto", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText));
        var errors = File.ReadAllText(Path.Combine(Shared.Repository, "docs", "errors.md"));
        var quoted = Row().Matches(page).SelectMany(row => Quoted().Matches(row.Groups[1].Value))
            .SelectMany(quote => quote.Groups[1].Value.Split('…', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(part => part.Trim(':', ' ')).Where(part => part.Length > 0).ToList();
        Assert.True(quoted.Count > 15, $"only {quoted.Count} messages were found");
        Assert.Equal([], quoted.Where(part => !code.Contains(part, StringComparison.Ordinal) && !errors.Contains($"`{part}`", StringComparison.Ordinal)));
    }

    [GeneratedRegex("^\\| ([^|]+) \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^```[a-z]*\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    // Up to a comment, a pipe, another command or a redirection; a prompt's "<CLASS>" is none.
    [GeneratedRegex("^(?:ipo|dotnet run --project src/Ipo\\.Cli --) ((?:\"[^\"]*\"|'[^']*'|<[A-Z]|[^\"'#|&<>;])*)")]
    private static partial Regex Command();

    [GeneratedRegex("`ipo ([a-z]+)")]
    private static partial Regex Code();

    [GeneratedRegex(@"## ([A-Z][^\\""]*)\\n")]
    private static partial Regex Section();
}
