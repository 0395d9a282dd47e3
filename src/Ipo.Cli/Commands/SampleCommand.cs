using System.CommandLine;
using System.CommandLine.Invocation;
using Ipo.Samples.Commands;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo sample</c>: a dataset to try the rest with. Its options are those of <c>ipo-samples draw</c>, which does the work;
/// no service takes part.</summary>
internal static class SampleCommand
{
    public static Command Create()
    {
        var draw = DrawCommand.Create();
        var folder = (Argument<string>)draw.Arguments[0];
        var command = new Verb("sample", "Draws a labelled dataset of everyday things in one or more styles: DIR/CLASS/0000.png…, with captions beside the class folders.")
        {
            Examples = ["ipo sample birds --style chalk --category bird", "ipo sample tools --style blueprint neon --category tool --count 100 --seed 7"],
        };
        command.Add(folder);
        foreach (var option in draw.Options) command.Add(option);
        command.Does(async session =>
        {
            try
            {
                // For --json, the dataset's own card in place of the two lines.
                if (session.Json) session.Parsed.InvocationConfiguration.Output = TextWriter.Null;
                await ((AsynchronousCommandLineAction)draw.Action!).InvokeAsync(session.Parsed, session.Stop);
                if (session.Json) session.Terminal.Out.Write(await File.ReadAllTextAsync(Path.Combine(session.Parsed.GetValue(folder)!, "sample.json"), session.Stop));
                return ExitCode.Done;
            }
            catch (ArgumentException fault)
            {
                throw new CommandFailure(fault.Message, ExitCode.Usage);
            }
        });
        return command;
    }
}
