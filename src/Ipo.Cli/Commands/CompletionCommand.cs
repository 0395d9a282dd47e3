using System.CommandLine;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo completion</c>: lets a shell complete command lines of <c>ipo</c>.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        string[] shells = [.. ShellScripts.ByShell.Keys];
        var shell = new Argument<string>("SHELL")
        {
            HelpName = "SHELL",
            Description = $"{string.Join(", ", shells[..^1])} or {shells[^1]}.",
        };
        shell.CompletionSources.Add(shells);
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ShellScripts.ByShell.ContainsKey(token.Value))
                result.AddError($"SHELL does not take '{token.Value}'; it takes {string.Join(" or ", shells)}.");
        });
        var command = new SessionCommand(
            "completion", "Prints the script with which a shell completes commands, options, run ids and names of datasets.")
        {
            Examples =
            [
                "ipo completion bash >> ~/.bashrc",
                "ipo completion zsh >> ~/.zshrc",
                "ipo completion fish > ~/.config/fish/completions/ipo.fish",
                "ipo completion pwsh >> $PROFILE",
            ],
        };
        command.Add(shell);
        command.SetHandler(session =>
        {
            session.Terminal.Out.Write(ShellScripts.ByShell[session.Parsed.GetRequiredValue(shell)]);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
