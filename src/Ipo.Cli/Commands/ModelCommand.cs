using System.CommandLine;
using System.Globalization;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo model</c>: what would run, before anything does.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var command = new SessionCommand("model", "Shows the checkpoint, providers, presets and dataset folders.")
        {
            Examples = ["ipo model", "ipo model --json | jq -r .model.digest", "ipo model pull openai/clip-vit-base-patch16"],
        };
        command.Add(ModelPullCommand.Create());
        command.Add(ModelInspectCommand.Create());
        command.SetHandler(async session =>
        {
            var system = await session.Client.System.GetSystemAsync(new());
            if (session.Json) session.WriteJson(system);
            else Facts(system, session.Server).Print(session.Terminal);
            return ExitCode.Done;
        });
        return command;
    }

    private static string Bias(Model model) => model.Probability == ZeroShotProbability.Sigmoid
        ? string.Create(CultureInfo.InvariantCulture, $" and bias {model.LogitBias:0.##}, probabilities of each class alone")
        : "";

    private static Table Facts(GetSystemResponse system, ServerAddress server)
    {
        var model = system.Model ?? new();
        var facts = new Table("CHECKPOINT", model.Name);
        facts.Add("Digest", model.Digest);
        facts.Add("Runs on", $"{model.ExecutionProvider}, {model.Precision}{(model.Device.Length > 0 ? $" ({model.Device})" : "")}");
        facts.Add(
            "Takes", $"images of {model.ImageSize} x {model.ImageSize} pixels ({model.PreprocessingVersion}), " +
            $"texts of at most {model.ContextLength} tokens");
        facts.Add(
            "Gives", string.Create(
                CultureInfo.InvariantCulture,
                $"embeddings of {model.EmbeddingDimension} numbers, logit scale {model.LogitScale:0.##}{Bias(model)}"));
        facts.Add("Parity", model.ParityAgainst.Length > 0
            ? string.Create(CultureInfo.InvariantCulture, $"largest error {model.ParityLargestError:0.0e+0} against {model.ParityAgainst}")
            : "not checked: the checkpoint has no reference");
        facts.Add(
            "Proposers",
            string.Join(", ", system.Proposers.Select(proposer => $"{proposer.Name} ({proposer.Model}{(proposer.Paid ? ", paid" : "")})")));
        facts.Add("Captioner", ProviderText.Captioner(system.Captioner));
        facts.Add("Presets", string.Join(", ", system.Presets));
        foreach (var root in system.DatasetRoots) facts.Add("Dataset root", root);
        facts.Add("Orchestrator", $"Ipo {system.IpoVersion} at {server.Uri}");
        return facts;
    }
}
