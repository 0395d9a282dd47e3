using System.CommandLine;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.Cli.Watching;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo evaluate</c>: scores templates that a person chose.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var dataset = new Argument<string>("DATASET") { Description = "Name of a registered dataset." };
        dataset.CompletionSources.Add(ServerNames.Datasets);
        var templates = new Option<string[]>("--template", "-t")
        {
            Description = "A template with exactly one <CLASS>; can be repeated.",
            HelpName = "TEXT",
            Required = true,
        };
        var split = OptionValues.Choice(
            "--split", "The split to score on. Using the test images is recorded in later reports.", ["train", "validation", "test"],
            otherwise: "validation");
        var classes = OptionValues.Choice("--classes", "The classes to score on.", ["all", "base", "novel"], otherwise: "all");
        var shots = OptionValues.Number<int>("--shots", "Images per class, sampled with the seed. Default: all.");
        var seed = OptionValues.Number<long>("--seed", "Seed of the sample. Default: 0.");
        var command = new SessionCommand(
            "evaluate",
            "Scores templates on one split of a dataset. It goes on while the connection is lost; Ctrl-C cancels it.")
        {
            Examples =
            [
                "ipo evaluate flowers --template \"a photo of a <CLASS>.\"",
                "ipo evaluate flowers -t \"a photo of a <CLASS>.\" -t \"<CLASS>, a flower.\" --split test --classes base",
            ],
        };
        command.Add(dataset);
        foreach (var option in (Option[])[templates, split, classes, shots, seed]) command.Add(option);
        var operation = new OperationOptions(command);
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var request = new EvaluateTemplatesRequest
            {
                Dataset = parsed.GetRequiredValue(dataset),
                PromptSets = { parsed.GetRequiredValue(templates).Select(PromptSetText.Read) },
                Split = parsed.GetValue(split) switch { "train" => Split.Train, "test" => Split.Test, _ => Split.Validation },
                Classes = parsed.GetValue(classes) switch
                {
                    "base" => EvaluatedClasses.Base,
                    "novel" => EvaluatedClasses.Novel,
                    _ => EvaluatedClasses.All,
                },
                Shots = parsed.GetValue(shots) ?? 0,
                Seed = parsed.GetValue(seed) ?? 0,
            };
            if (operation.IsDetached(parsed)) return await OperationOptions.BeginAsync(session, Request(request, operation.Id(parsed)));
            var evaluated = await EvaluateAsync(session, request, operation.Id(parsed));
            if (session.Json) session.WriteJson(evaluated);
            else ScoresText.Print(session.Terminal, evaluated);
            return ScoresText.TellRefused(session.Terminal, evaluated) == 0 ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    /// <summary>Scores templates and shows meanwhile how many images are encoded.</summary>
    public static async Task<EvaluateTemplatesResponse> EvaluateAsync(
        Session session, EvaluateTemplatesRequest evaluation, string? operationId = null) =>
        (await OperationFollower.FollowAsync(session, Request(evaluation, operationId))).Scores;

    private static CreateOperationRequest Request(EvaluateTemplatesRequest evaluation, string? operationId) =>
        new() { OperationId = operationId ?? OperationText.NewId("evaluation"), Evaluation = evaluation };
}
