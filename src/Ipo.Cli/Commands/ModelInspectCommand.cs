using System.CommandLine;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo model inspect</c>: what a checkpoint's folder holds, by the scorer's own words. It asks no orchestrator.</summary>
internal static class ModelInspectCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER")
        {
            Description = "A checkpoint's folder, as 'ipo model pull' makes it or as the hub has it.",
        };
        var command = new SessionCommand(
            "inspect", "Says what a checkpoint's folder holds: family, weights, sizes, preprocessing, tokenizer and digest, "
                + "what is assumed, and why it would be refused. Tries it on the CPU. "
                + "Needs a checkout of Ipo, for it asks the scorer's program.")
        {
            Examples = ["ipo model inspect ~/.ipo/models/openai/clip-vit-base-patch16"],
        };
        command.Add(folder);
        command.SetHandler(session => ScorerProgram.RunAsync(
            ["inspect", .. session.Json ? ["--json"] : Array.Empty<string>(), Path.GetFullPath(session.Parsed.GetRequiredValue(folder))],
            session.Terminal.Print, session.Terminal.Tell, session.Cancellation));
        return command;
    }
}
