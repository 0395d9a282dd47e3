using System.Diagnostics;

namespace Ipo.IntegrationTests;

/// <summary>What a command printed and how it ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary><c>ipo</c>, as a process.</summary>
internal static class IpoCommand
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="home">The IPO_HOME of the system that it is for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="arguments">The command and its options.</param>
    public static Task<CommandResult> RunAsync(string home, CancellationToken cancellation, params string[] arguments)
    {
        var start = BuiltPrograms.Start("src/Ipo.Cli", "ipo.dll", arguments);
        start.Environment.Remove("IPO_SERVER"); // the commands are for this system, wherever a person's go
        start.Environment["IPO_HOME"] = home;
        return BuiltPrograms.RunAsync(start, cancellation);
    }
}

/// <summary>The programs that were built with these tests.</summary>
internal static class BuiltPrograms
{
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name; // bin/<configuration>/net10.0/

    /// <summary>Draws a folder of labelled pictures.</summary>
    public static async Task DrawAsync(string folder, CancellationToken cancellation, params string[] options)
    {
        var drawn = await RunAsync(Start("samples/Ipo.Samples", "Ipo.Samples.dll", ["draw", folder, .. options]), cancellation);
        Xunit.Assert.True(drawn.ExitCode == 0, drawn.Output + drawn.Errors);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<CommandResult> RunAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>How one is started from the root of the working copy.</summary>
    public static ProcessStartInfo Start(string project, string assembly, params string[] arguments)
    {
        var path = Path.Combine(Tests.Shared.Repository, project, "bin", Configuration, "net10.0", assembly);
        // A shell lets what it starts in the background ignore SIGINT, and that is inherited: with the tests there, Ctrl-C would go by.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        return new(command[0], [.. command[1..], path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Tests.Shared.Repository,
        };
    }
}
