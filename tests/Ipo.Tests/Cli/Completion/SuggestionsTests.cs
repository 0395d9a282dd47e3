using System.Diagnostics;
using Ipo.Cli.Connections;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Completion;

public sealed class SuggestionsTests : CommandTest
{
    private protected override void Prepare()
    {
        Orchestrator.Run = new() { RunId = "run-one" };
        Orchestrator.Others = [new() { RunId = "run-two" }, new() { RunId = "$(reboot)" }, new() { RunId = "-rf" }];
        Orchestrator.Dataset = new() { Name = "büro-fotos" };
        Orchestrator.Facts = new() { Proposers = { new Proposer { Name = "evolve" }, new Proposer { Name = "ipo" } } };
    }

    [Theory]
    [InlineData("ipo ru", "runs")]
    [InlineData("ipo runs", "runs")]
    [InlineData("/usr/bin/ipo ru", "runs")]
    [InlineData("ipo runs s", "show")]
    [InlineData("ipo --ser", "--server")]
    [InlineData("ipo optimize x --preset ", "ipo-code ipo-paper robust")]
    [InlineData("ipo optimize x --classes a", "all")]
    [InlineData("ipo completion ", "bash fish pwsh zsh")]
    [InlineData("ipo runs list --state f", "failed")]
    [InlineData("ipo nothing of the kind x", "")]
    public async Task Commands_options_and_their_words_are_suggested_without_an_orchestrator(string typed, string expected)
    {
        var line = new CommandLine();
        Assert.Equal(expected, await SuggestAsync(line, typed));
        Assert.Empty(line.Error);
    }

    [Theory]
    [InlineData("ipo watch ", "last run-one run-two")]
    [InlineData("ipo runs show run-t", "run-two")]
    [InlineData("ipo runs delete ", "run-one run-two")]
    [InlineData("ipo evaluate ", "büro-fotos")]
    [InlineData("ipo runs --dataset b", "büro-fotos")]
    [InlineData("ipo datasets show ", "büro-fotos")]
    [InlineData("ipo optimize x --proposer e", "evolve")]
    [InlineData("ipo optimize x --branch-from ", "last run-one run-two")]
    public async Task Names_of_the_orchestrators_are_suggested_but_none_that_a_shell_would_obey(string typed, string expected)
    {
        var line = Line();
        Assert.Equal(expected, await SuggestAsync(line, typed.Replace("ipo ", "ipo --timeout 1h ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_server_of_the_line_is_asked() =>
        Assert.Equal("run-one run-two", await SuggestAsync(new(), $"ipo --timeout 1h --server {Orchestrator.Address} watch r"));

    [Fact]
    public async Task Only_what_stands_before_the_cursor_counts()
    {
        var line = new CommandLine();
        await line.RunAsync("[suggest:6]", "ipo ru watch last");
        Assert.Equal("runs\n", line.Out);
    }

    [Fact]
    public async Task Help_asks_nobody()
    {
        var line = Line();
        await line.RunAsync("watch", "--help");
        Assert.Empty(Orchestrator.Requests);
    }

    [Fact]
    public async Task Bash_completes_with_the_script()
    {
        const string Session = """
            ipo() { dotnet "$IPO_DLL" "$@"; }
            eval "$(ipo completion bash)"
            complete -p ipo
            try() { COMP_LINE=$1 COMP_POINT=${2:-${#1}}; _ipo; printf '%s: %s\n' "$1" "${COMPREPLY[*]}"; }
            try 'ipo ru'
            try 'ipo --timeout 1h watch run-'
            try 'ipo eva last' 7
            try 'ipo optimize photos/'
            """;
        Assert.Equal(
            "complete -o default -F _ipo ipo\nipo ru: runs\nipo --timeout 1h watch run-: run-one run-two\nipo eva last: evaluate\nipo optimize photos/: \n",
            await RunAsync("bash", "--norc", "-c", Session));
    }

    [Fact]
    public async Task PowerShell_completes_with_the_script()
    {
        SkipWithout("pwsh", "'dotnet tool install --global PowerShell'");
        const string Session = """
            function ipo { dotnet $env:IPO_DLL @args }
            ipo completion pwsh | Out-String | Invoke-Expression
            function show($line, $column = $line.Length) { "${line}: $((TabExpansion2 $line $column).CompletionMatches.CompletionText)" }
            show 'ipo ru'
            show 'ipo --timeout 1h watch '
            show 'ipo eva last' 7
            show 'cd x; ipo ru'
            """;
        Assert.Equal(
            "ipo ru: runs\nipo --timeout 1h watch : last run-one run-two\nipo eva last: evaluate\ncd x; ipo ru: runs\n",
            await RunAsync("pwsh", "-NoProfile", "-NonInteractive", "-Command", Session));
    }

    [Theory]
    [InlineData("zsh", "zsh", "-n")]
    [InlineData("fish", "fish", "--no-execute")]
    public async Task Other_shells_read_their_script(string shell, params string[] command)
    {
        SkipWithout(shell, $"the package '{shell}'");
        var line = new CommandLine();
        Assert.Equal(ExitCode.Done, await line.RunAsync("completion", shell));
        var file = Path.Combine(Directory.CreateTempSubdirectory("ipo-completion-").FullName, "script");
        await File.WriteAllTextAsync(file, line.Out, TestContext.Current.CancellationToken);
        Assert.Empty(await RunAsync([.. command, file]));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static void SkipWithout(string shell, string from)
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, shell))))
            Assert.Skip($"No {shell} on this machine; install {from}.");
    }

    private static async Task<string> SuggestAsync(CommandLine line, string typed)
    {
        Assert.Equal(ExitCode.Done, await line.RunAsync($"[suggest:{typed.Length}]", typed));
        return string.Join(' ', line.OutLines);
    }

    private async Task<string> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // As it was built, with all that it needs beside it: this folder has another program's.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        start.Environment["IPO_DLL"] = Path.Combine(Shared.Repository, "src", "Ipo.Cli", "bin", configuration, "net10.0", "ipo.dll");
        start.Environment["IPO_SERVER"] = Orchestrator.Address;
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
        return await output;
    }
}
