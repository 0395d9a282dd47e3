using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ipo.Cli.Connections;
using Ipo.Cli.Hub;
using Ipo.Cli.Sessions;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo model pull</c>: a checkpoint from a hub. It asks no orchestrator.</summary>
internal static partial class ModelPullCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The model's name on the hub, for instance openai/clip-vit-base-patch16." };
        var revision = new Option<string>("--revision")
        {
            Description = "A branch, a tag or a commit.",
            HelpName = "REV",
            DefaultValueFactory = _ => "main",
        };
        revision.Validators.Add(result =>
        {
            // Git knows no revision with two dots, and in an address they would lead elsewhere.
            if (result.Tokens is [{ Value: var text }]
                && (text.Length == 0 || text.Contains("..", StringComparison.Ordinal) || text.Any(char.IsControl)))
                result.AddError($"--revision does not take '{text}'; it takes a branch, a tag or a commit.");
        });
        var into = new Option<string?>("--into")
        {
            Description = "The folder to make. Default: models/NAME in IPO_HOME.",
            HelpName = "DIR",
        };
        var command = new SessionCommand(
            "pull", "Takes a checkpoint from the Hugging Face hub: the files that Ipo reads and no others, every checksum checked. "
                + "The same command goes on where an interrupted one stopped. "
                + "HF_ENDPOINT names a mirror, HF_TOKEN a token for gated models, HF_HUB_OFFLINE=1 asks nobody.")
        {
            Examples =
            [
                "ipo model pull openai/clip-vit-base-patch16", "ipo model pull openai/clip-vit-base-patch16 --into /models/clip",
                "eval \"$(ipo model pull openai/clip-vit-base-patch16)\"",
            ],
        };
        command.Add(name);
        foreach (var option in (Option[])[revision, into]) command.Add(option);
        command.SetHandler(async session =>
        {
            var model = ModelName.Parse(session.Parsed.GetRequiredValue(name));
            var environment = session.Terminal.Environment;
            var settings = HubSettings.Read(environment);
            var folder = session.Parsed.GetValue(into) is { Length: > 0 } chosen
                ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(chosen))
                : Path.Combine(IpoHome.Make(environment), "models", Path.Combine(model.ToString().Split('/')));
            var silence = session.Parsed.GetValue(GlobalOptions.Timeout) ?? Deadlines.Short;
            var pull = new ModelPull(
                model, session.Parsed.GetRequiredValue(revision), folder, settings, silence, session.Terminal, session.Cancellation);
            var pulled = await pull.RunAsync();
            if (session.Json) session.Terminal.Out.WriteLine(JsonSerializer.Serialize(pulled, Json));
            else
            {
                session.Terminal.Tell($"'ipo model inspect {Quoted(folder)}' says what it is; this makes a starting AppHost use it:");
                session.Terminal.Print(OperatingSystem.IsWindows()
                    ? $"$env:IPO_CHECKPOINT = '{folder.Replace("'", "''", StringComparison.Ordinal)}'"
                    : $"export IPO_CHECKPOINT={Quoted(folder)}");
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static string Quoted(string path) => Plain().IsMatch(path) ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    // What no shell changes.
    [GeneratedRegex(@"^[A-Za-z0-9_./:@%+=-]+\z")]
    private static partial Regex Plain();
}
