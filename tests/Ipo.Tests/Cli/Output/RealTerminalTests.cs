using System.Diagnostics;
using Xunit;

namespace Ipo.Tests.Cli.Output;

/// <summary>The program itself on a terminal of the system (<c>script</c> of util-linux makes one), and in a pipe.</summary>
public sealed class RealTerminalTests : CommandTest
{
    private const string Point = "●", Verdict = "Better: the winner beats the baseline on 400 test images.", Green = "\e[32m" + Verdict;

    private protected override void Prepare()
    {
        Orchestrator.Run = Runs.Completed;
        Orchestrator.Report = Runs.Report.Clone();
    }

    [Fact]
    public async Task On_a_terminal_a_report_ends_with_its_intervals_and_a_coloured_verdict()
    {
        var shown = await OnATerminalAsync("C.UTF-8");
        Assert.Contains(Point, shown, StringComparison.Ordinal);
        Assert.Contains(Green, shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NO_COLOR_leaves_the_picture_and_takes_the_colour()
    {
        var shown = await OnATerminalAsync("C.UTF-8", ("NO_COLOR", "1"));
        Assert.Contains(Point, shown, StringComparison.Ordinal);
        Assert.Contains(Verdict, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Green, shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en_US.ISO-8859-1", "xterm")]
    [InlineData("C.UTF-8", "dumb")]
    public async Task A_terminal_that_cannot_draw_gets_the_lines_of_a_file(string locale, string terminal)
    {
        var shown = (await OnATerminalAsync(locale, ("TERM", terminal))).ReplaceLineEndings("\n");
        Assert.Contains("| test  | 80.0 %   | 84.0 % |", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Point, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[32m", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_gets_the_report_alone() => Assert.Equal(Runs.Report.Markdown, await RunAsync(Start("C.UTF-8", "dotnet", Program, "report", "r1")));

    private static string Program => Path.Combine(
        Shared.Repository, "src", "Ipo.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "ipo.dll");

    private Task<string> OnATerminalAsync(string locale, params (string Name, string Value)[] environment)
    {
        var start = Start(locale, "script", "--quiet", "--return", "--command", $"dotnet '{Program}' report r1", "/dev/null");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return RunAsync(start);
    }

    private ProcessStartInfo Start(string locale, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var name in (string[])["NO_COLOR", "LANG", "LC_MESSAGES"]) start.Environment.Remove(name);
        (start.Environment["LC_ALL"], start.Environment["TERM"], start.Environment["IPO_SERVER"]) = (locale, "xterm", Orchestrator.Address);
        return start;
    }

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
