using System.Diagnostics;

namespace Ipo.Cli.Connections;

/// <summary>The scorer's program, started for what only it knows: it reads checkpoints, with ONNX Runtime, which this program does
/// not have.</summary>
internal static class ScorerProgram
{
    private const string Project = "src/Ipo.ClipScorer";

    /// <summary>Runs it to its end, a line at a time.</summary>
    /// <param name="arguments">What it is asked.</param>
    /// <param name="output">Takes a line of its result.</param>
    /// <param name="error">Takes a line of its messages.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="CommandFailure">It is not here.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Action<string> output, Action<string> error, CancellationToken cancellation)
    {
        var root = Checkout() ?? throw new CommandFailure(
            $"This needs the scorer's program, which 'ipo' does not bring. In a checkout of Ipo: "
            + $"dotnet run --project {Project} -- {string.Join(' ', arguments)}");
        using var process = new Process { StartInfo = Start(root, arguments) };
        process.OutputDataReceived += (_, line) => Take(line.Data, output);
        process.ErrorDataReceived += (_, line) => Take(line.Data, error);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return process.ExitCode;

        static void Take(string? line, Action<string> to)
        {
            if (line is not null) to(line);
        }
    }

    // Only the working copy that this program was built in: what lies in the current folder may be anybody's.
    private static string? Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Project, "Ipo.ClipScorer.csproj")))
                return folder.FullName;
        return null;
    }

    // As it was built beside this program; where it was not, it is built now.
    private static ProcessStartInfo Start(string root, IReadOnlyList<string> arguments)
    {
        var project = Path.Combine(root, Project);
        var own = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)); // bin/CONFIGURATION/FRAMEWORK
        var built = Path.Combine(project, "bin", own.Parent!.Name, own.Name, "Ipo.ClipScorer.dll");
        string[] command = File.Exists(built) ? [built] : ["run", "--project", project, "--"];
        return new("dotnet", [.. command, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }
}
