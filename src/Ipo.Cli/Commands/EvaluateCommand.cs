using System.CommandLine;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo evaluate</c>: scores templates that a person chose.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var dataset = new Argument<string>("DATASET") { Description = "Name of a registered dataset." };
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
        var command = new SessionCommand("evaluate", "Scores templates on one split of a dataset.")
        {
            Examples =
            [
                "ipo evaluate flowers --template \"a photo of a <CLASS>.\"",
                "ipo evaluate flowers -t \"a photo of a <CLASS>.\" -t \"<CLASS>, a flower.\" --split test --classes base",
            ],
        };
        command.Add(dataset);
        foreach (var option in (Option[])[templates, split, classes, shots, seed]) command.Add(option);
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var evaluated = await EvaluateAsync(session, new()
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
            });
            if (session.Json) session.WriteJson(evaluated);
            else Print(session.Terminal, evaluated);
            var refused = evaluated.Results.Where(result => result.ResultCase is EvaluatedTemplate.ResultOneofCase.Refusal).ToList();
            foreach (var result in refused)
                session.Terminal.Tell($"ipo: '{RunWords.Prompts(result.PromptSet)}' was not scored: {result.Refusal}");
            return refused.Count == 0 ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    private static async Task<EvaluateTemplatesResponse> EvaluateAsync(Session session, EvaluateTemplatesRequest request)
    {
        using var call = session.Client.Evaluation.EvaluateTemplatesWithProgress(new() { Evaluation = request });
        var display = new CountDisplay(session.Terminal);
        try
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync(session.Cancellation))
            {
                if (response.ResultCase is EvaluateTemplatesWithProgressResponse.ResultOneofCase.Evaluation) return response.Evaluation;
                display.Show("encoding images", response.Progress.ImagesDone, response.Progress.Images);
            }
        }
        finally { display.EndLine(); }
        throw new CommandFailure("The orchestrator ended the evaluation without scores; evaluate again.");
    }

    private static void Print(Terminal terminal, EvaluateTemplatesResponse evaluated)
    {
        var scored = evaluated.Results.Where(result => result.ResultCase is EvaluatedTemplate.ResultOneofCase.Score).ToList();
        if (scored.Count == 0) return;
        var table = new Table("ACCURACY", "95 % INTERVAL", "LOSS", "IMAGES", "CLASSES", "TEMPLATE");
        foreach (var (template, score) in scored.Select(result => (RunWords.Prompts(result.PromptSet), result.Score)))
            table.Add(
                Amounts.Percent(score.Accuracy), $"{Amounts.Percent(score.AccuracyLow)} to {Amounts.Percent(score.AccuracyHigh)}",
                Amounts.Nats(score.Loss), Amounts.Count(score.Images), Amounts.Count(score.Classes), template);
        table.Print(terminal);
        PromptSetText.TellRepaired(terminal, scored.SelectMany(result => result.Repaired));
        if (evaluated.Model is { } model) terminal.Tell($"Scored by {model.Name} ({model.ExecutionProvider}, {model.Precision}).");
    }
}
