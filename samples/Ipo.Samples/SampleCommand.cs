using System.CommandLine;
using Ipo.Samples.Commands;

namespace Ipo.Samples;

/// <summary>The program's command line.</summary>
internal static class SampleCommand
{
    public const int Done = 0, Failed = 1, WrongUsage = 2, Interrupted = 130;

    /// <summary>Runs one command line; an error is one line on <paramref name="error"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop = default)
    {
        var root = new RootCommand("Draws labelled pictures of everyday things in many styles, the same pixels for the same seed.")
        {
            DrawCommand.Create(), ContactSheetCommand.Create(), TrainSetCommand.Create(), ListCommand.Create(),
        };
        root.HelpName = "ipo-samples";
        var parsed = root.Parse(args.Count > 0 ? args : ["--help"]);
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in parsed.Errors) await error.WriteLineAsync($"ipo-samples: {fault.Message}");
            await error.WriteLineAsync("See 'ipo-samples --help'.");
            return WrongUsage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, stop);
        }
        catch (ArgumentException fault)
        {
            await error.WriteLineAsync($"ipo-samples: {fault.Message}");
            return WrongUsage;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"ipo-samples: {fault.Message}");
            return Failed;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("ipo-samples: stopped; what is drawn so far stays. Use --force to draw it again.");
            return Interrupted;
        }
    }
}
