using System.CommandLine;

namespace Ipo.Samples.Commands;

/// <summary>The program's command line.</summary>
internal static class SamplesCommand
{
    public const int Done = 0, Failed = 1, WrongUsage = 2, Interrupted = 130;

    /// <summary>Runs one command line; an error is one line on <paramref name="error"/>.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var root = new RootCommand("Draws labelled pictures of everyday things in many styles. The same seed draws the same pixels.")
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
        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellation);
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
            await error.WriteLineAsync("ipo-samples: Interrupted. What was drawn is kept; use --force to draw it again.");
            return Interrupted;
        }
    }
}
