using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo compare</c>: whether what a run found on one checkpoint travels to the one that is loaded
/// now.</summary>
internal static class CompareCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var command = new SessionCommand(
            "compare", "Scores a run's finalists on the checkpoint that is loaded now, beside what the run recorded on its own.")
        {
            Examples = ["ipo compare RUN", "ipo compare last --json"],
        };
        var runId = new RunReference(command, completed: true);
        command.SetHandler(async session =>
        {
            var id = await runId.ResolveAsync(session);
            var report = (await session.Client.Reports.GetRunReportAsync(new() { RunId = id })).Report;
            var recorded = Recorded(report);
            if (recorded.Count == 0)
                throw new CommandFailure(
                    $"Run '{id}' has no scores of validation images, so there is nothing to compare with. "
                        + "'ipo evaluate' scores templates on another split.");
            await RefuseOtherImagesAsync(session, report);
            var evaluated = await EvaluateCommand.EvaluateAsync(session, new()
            {
                Dataset = report.Dataset.Name,
                PromptSets = { recorded.Select(one => one.Prompts) },
                Split = Split.Validation,
                Classes = report.Run.Settings.Classes is ClassSelection.Base ? EvaluatedClasses.Base : EvaluatedClasses.All,
            });
            var compared = recorded.Zip(evaluated.Results, (one, now) => new Compared(one.Prompts, one.Score, now)).ToList();
            if (session.Json) session.Terminal.Out.WriteLine(Json(report, evaluated, compared).ToJsonString(Indented));
            else Print(session.Terminal, report, evaluated, compared);
            var refused = compared.FindAll(one => one.Now.Score is null);
            foreach (var one in refused)
                session.Terminal.Tell($"ipo: '{RunWords.Prompts(one.Prompts)}' was not scored: {one.Now.Refusal}");
            return refused.Count == 0 ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    // The winner may be none of the finalists, for words can be left out of it; the baseline is the first of them.
    private static List<RecordedScore> Recorded(RunReport report)
    {
        var finalists = report.Selection.Rule is SelectionRule.ValidationImages
            ? report.Finalists.Select(finalist => new RecordedScore(finalist.PromptSet, finalist.Score))
            : [];
        var evaluations = new[] { report.BaselineEvaluation, report.WinnerEvaluation, report.HandWrittenEvaluation }
            .Where(evaluation => evaluation?.Validation is not null)
            .Select(evaluation => new RecordedScore(evaluation.PromptSet, evaluation.Validation));
        return [.. finalists.Concat(evaluations).DistinctBy(one => one.Prompts)];
    }

    private static async Task RefuseOtherImagesAsync(Session session, RunReport report)
    {
        var dataset = (await session.Client.Datasets.GetDatasetAsync(new() { Name = report.Dataset.Name })).Dataset;
        if (dataset.Digest != report.Dataset.Digest)
            throw new CommandFailure(
                $"Dataset '{dataset.Name}' has changed since the run (digest {ModelText.Prefix(report.Dataset.Digest)}, now "
                    + $"{ModelText.Prefix(dataset.Digest)}), and scores of other images do not compare. "
                    + "Put its files back and register it again.");
    }

    private static void Print(Terminal terminal, RunReport report, EvaluateTemplatesResponse evaluated, List<Compared> compared)
    {
        var baseline = compared.Find(one => one.Prompts.Equals(report.BaselineEvaluation.PromptSet));
        var table = new Table("THEN", "95 % INTERVAL", "GAIN", "NOW", "95 % INTERVAL", "GAIN", "PROMPTS");
        foreach (var one in compared)
            table.Add(
                [
                    .. Cells(one.Then, one == baseline ? null : baseline?.Then),
                    .. Cells(one.Now.Score, one == baseline ? null : baseline?.Now.Score),
                    RunWords.Prompts(one.Prompts) + (one.Prompts.Equals(report.Winner) ? " (winner)" : ""),
                ]);
        table.Print(terminal);
        var (ran, now) = (report.Run.Model, evaluated.Model);
        terminal.Tell($"Then: {ModelText.Of(ran)}. Now: {ModelText.Of(now)}. "
            + $"{Amounts.Count(compared[0].Then.Images, "validation image")}, a gain is over the baseline, an interval is one accuracy's.");
        if (report.Selection.Rule is SelectionRule.ValidationImages)
            terminal.Tell("These images chose among the prompts then, which flatters the best of that column.");
        if ((ran.Digest, ran.Precision) == (now.Digest, now.Precision))
            terminal.Tell("Both are one checkpoint: start the scorer with another one to see whether the prompts travel.");
        if (compared.Exists(one => one.Now.Score is { } score && score.Images != one.Then.Images))
            terminal.Tell("Warning: not the same number of images could be read then and now.");
        PromptSetText.TellRepaired(terminal, compared.SelectMany(one => one.Now.Repaired));
    }

    private static string[] Cells(SplitScore? score, SplitScore? baseline) => score is null ? ["refused", "", ""] :
    [
        Amounts.Percent(score.Accuracy), Amounts.Range(score.AccuracyLow, score.AccuracyHigh),
        baseline is null ? "" : Amounts.Points(score.Accuracy - baseline.Accuracy),
    ];

    private static JsonObject Json(RunReport report, EvaluateTemplatesResponse evaluated, List<Compared> compared) => new()
    {
        ["runModel"] = Node(report.Run.Model),
        ["model"] = Node(evaluated.Model),
        ["prompts"] = new JsonArray([.. compared.Select(one => new JsonObject { ["then"] = Node(one.Then), ["now"] = Node(one.Now) })]),
    };

    private static JsonNode? Node(IMessage message) => JsonNode.Parse(Session.FormatJson(message));

    private sealed record RecordedScore(PromptSet Prompts, SplitScore Score);

    private sealed record Compared(PromptSet Prompts, SplitScore Then, EvaluatedTemplate Now);
}
