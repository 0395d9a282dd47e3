using System.Text.RegularExpressions;
using Ipo.Cli.Connections;
using Xunit;

namespace Ipo.Tests.Cli;

public partial class HelpTests
{
    private static readonly string[][] Commands =
    [
        [], ["optimize"], ["watch"], ["runs"], ["runs", "list"], ["runs", "show"], ["runs", "finish"], ["runs", "cancel"], ["runs", "resume"], ["runs", "delete"],
        ["report"], ["export"], ["evaluate"], ["compare"],
        ["bench"], ["bench", "base-to-novel"], ["bench", "cross-dataset"], ["bench", "few-shot"], ["bench", "published"], ["classify"], ["datasets"], ["datasets", "list"], ["datasets", "register"], ["datasets", "show"], ["datasets", "delete"],
        ["operations"], ["operations", "list"], ["operations", "show"], ["operations", "watch"], ["operations", "cancel"], ["operations", "resume"], ["model"], ["model", "pull"], ["model", "inspect"], ["keys", "create"], ["keys", "list"], ["keys", "revoke"], ["completion"], ["open"], ["version"],
    ];

    [GeneratedRegex("(\n)Forms:\n(?:  .*\n)+\n")]
    private static partial Regex Values();

    [Fact]
    public async Task Help_of_every_command_is_as_written_in_help_txt()
    {
        var all = new StringWriter { NewLine = "\n" };
        foreach (var command in Commands)
        {
            var line = new CommandLine();
            Assert.Equal(ExitCode.Done, await line.RunAsync([.. command, "--help"]));
            Assert.Empty(line.Error);
            all.WriteLine($"$ {string.Join(' ', ["ipo", .. command, "--help"])}");
            all.WriteLine(Values().Replace(line.Out, "$1")); // from the contract; ExportCommandTests looks at them
        }
        var golden = Path.Combine(Shared.Repository, "tests", "Ipo.Tests", "Cli", "help.txt");
        if (Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1") await File.WriteAllTextAsync(golden, all.ToString().TrimEnd() + "\n", TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), all.ToString().TrimEnd() + "\n");
    }

    [Fact]
    public async Task Help_has_an_example_for_every_command()
    {
        foreach (var command in Commands)
        {
            var line = new CommandLine();
            await line.RunAsync([.. command, "--help"]);
            Assert.Contains($"Examples:\n  {string.Join(' ', ["ipo", .. command])}", line.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_arguments_it_shows_the_help()
    {
        var (bare, asked) = (new CommandLine(), new CommandLine());
        Assert.Equal(ExitCode.Done, await bare.RunAsync());
        await asked.RunAsync("--help");
        Assert.Equal(asked.Out, bare.Out);
    }

    [Theory]
    [InlineData("--version", "ipo 0.1.0\n")]
    [InlineData("version", "ipo 0.1.0\n")]
    [InlineData("version --json", "{\"version\":\"0.1.0\"}\n")]
    public async Task The_version_needs_no_orchestrator(string args, string expected)
    {
        var line = new CommandLine();
        Assert.Equal(ExitCode.Done, await line.RunAsync(args.Split(' ')));
        Assert.Equal(expected, line.Out);
    }

    [Theory]
    [InlineData("optmize x", "'ipo' has no command 'optmize'; it has optimize, watch, runs, open, report, export, evaluate, compare, bench, classify, datasets, operations, journal, model, keys, completion, version.\nSee 'ipo --help'.")]
    [InlineData("runs stop r1", "'ipo runs' has no command 'stop'; it has list, show, finish, pause, cancel, resume, delete, archive, restore, repair.\nSee 'ipo runs --help'.")]
    [InlineData("completion tcsh", "SHELL does not take 'tcsh'; it takes bash or zsh or fish or pwsh.\nSee 'ipo completion --help'.")]
    [InlineData("model --full", "'ipo model' has no option '--full'.\nSee 'ipo model --help'.")]
    [InlineData("watch", "Required argument 'RUN' missing for command: 'watch'.\nSee 'ipo watch --help'.")]
    [InlineData("optimize x --seed seven", "--seed does not take 'seven'; it takes a whole number.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --temperature hot", "--temperature does not take 'hot'; it takes a number.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --max-cost 0,50", "--max-cost does not take '0,50'; it takes a number.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --max-cost NaN", "--max-cost does not take 'NaN'; it takes a number.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --temperature NaN", "--temperature does not take 'NaN'; it takes a number.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --temperature 0,7", "--temperature does not take '0,7'; it takes a number.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --max-calls 1,000", "--max-calls does not take '1,000'; it takes a whole number.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --max-time 10", "--max-time does not take '10'; it takes a number with a unit, for instance 90s, 10m or 1h30m.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --classes novel", "--classes does not take 'novel'; it takes base or all.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --descriptions --no-descriptions", "--descriptions and --no-descriptions cannot be combined; give one of them.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --output report.pdf", "--output does not know the format of 'report.pdf'; use a file that ends in .md or .json.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --name y", "--name and --template need a folder, but 'x' is a dataset's name. For a folder, add a '/'.\nSee 'ipo optimize --help'.")]
    [InlineData("optimize x --detach --output r.md", "--detach does not wait for the report, so it cannot be combined with --output; run 'ipo report RUN --output FILE' later.\nSee 'ipo optimize --help'.")]
    [InlineData("report r1 --format md --json", "--format md and --json cannot be combined.\nSee 'ipo report --help'.")]
    [InlineData("report r1 --format md --output r.md", "--output takes the format from the file's extension, so it cannot be combined with --format.\nSee 'ipo report --help'.")]
    [InlineData("watch r1 --json --output r.md", "--json writes the run's changes and no report, so it cannot be combined with --output; run 'ipo report RUN --output FILE' afterwards.\nSee 'ipo watch --help'.")]
    public async Task A_wrong_command_line_is_told_what_is_wrong_and_what_it_takes(string args, string expected)
    {
        var line = new CommandLine();
        Assert.Equal(ExitCode.Usage, await line.RunAsync(args.Split(' ')));
        Assert.Equal($"ipo: {expected}\n", line.Error);
        Assert.Empty(line.Out);
    }

    [Fact]
    public async Task A_report_cannot_go_to_a_folder_that_is_not_there()
    {
        var file = Path.Combine(Path.GetTempPath(), "ipo-no-such-folder", "r.md");
        var line = new CommandLine();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("optimize", "x", "--output", file));
        Assert.Equal($"ipo: --output cannot write '{file}': the folder {Path.GetDirectoryName(file)} does not exist; create it first.\nSee 'ipo optimize --help'.\n", line.Error);
    }
}
