using System.CommandLine;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo compare</c>: whether what a run found on one checkpoint travels to others.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var checkpoints = new Option<string[]>("--checkpoint")
        {
            Description = "A checkpoint that is served, by its name or the beginning of its digest; can be repeated. Default: the one that "
                + "runs use now.",
            HelpName = "NAME",
        };
        var command = new SessionCommand(
            "compare", "Scores a run's finalists on other checkpoints, beside what the run recorded on its own: does a prompt travel?")
        {
            Examples = ["ipo compare RUN", "ipo compare last --checkpoint clip-vit-base-patch16 --checkpoint siglip-base-patch16-224"],
        };
        var runId = new RunReference(command, completed: true);
        command.Add(checkpoints);
        command.SetHandler(async session =>
        {
            var comparison = await CompareAsync(session, new()
            {
                RunId = await runId.ResolveAsync(session),
                Checkpoints = { session.Parsed.GetValue(checkpoints) ?? [] },
            });
            if (session.Json) session.WriteJson(comparison);
            else Print(session.Terminal, comparison);
            var refused = comparison.Checkpoints
                .SelectMany(one => one.PromptSets.Where(set => set.Score is null).Select(set => (one.Model.Name, Set: set))).ToList();
            foreach (var (name, set) in refused)
                session.Terminal.Tell($"ipo: '{RunWords.Prompts(set.PromptSet)}' was not scored on {name}: {set.Refusal}");
            return refused.Count == 0 ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    private static async Task<RunComparison> CompareAsync(Session session, CompareRunRequest request)
    {
        using var call = session.Client.Comparison.CompareRun(request);
        var display = new CountDisplay(session.Terminal);
        try
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync(session.Cancellation))
            {
                if (response.ResultCase is CompareRunResponse.ResultOneofCase.Comparison) return response.Comparison;
                var (name, encoding) = (response.Progress.Checkpoint, response.Progress.Encoding);
                display.Show($"encoding images with {name}", encoding.ImagesDone, encoding.Images);
            }
        }
        finally { display.EndLine(); }
        throw new CommandFailure("The orchestrator ended the comparison without scores; compare again.");
    }

    private static void Print(Terminal terminal, RunComparison comparison)
    {
        var table = new Table("CHECKPOINT", "ACCURACY", "95 % INTERVAL", "LOSS", "GAIN", "95 % INTERVAL", "PROMPTS");
        Add(table, "then: ", comparison.Recorded, comparison.Winner);
        foreach (var checkpoint in comparison.Checkpoints) Add(table, "now: ", checkpoint, comparison.Winner);
        table.Print(terminal);

        var images = comparison.Recorded.PromptSets[0].Score.Images;
        terminal.Tell(comparison.Message);
        terminal.Tell(
            $"{Amounts.Count(images, "validation image")}; a gain is over the baseline on the same images. A loss is in nats of that "
                + "checkpoint's own softmax: compare it within one checkpoint alone.");
        if (comparison.ImagesChose)
            terminal.Tell("These images chose among the prompts, which flatters the best of them on the run's own checkpoint.");
        if (comparison.Checkpoints.All(one => one.IsRunsOwn))
            terminal.Tell(
                "Start the AppHost with further checkpoints in IPO_COMPARE_CHECKPOINTS and name them with --checkpoint to see whether the "
                    + "prompts travel.");
        foreach (var one in comparison.Checkpoints)
            if (one.PromptSets.Any(set => set.Score is { } score && score.Images != images))
                terminal.Tell($"Warning: not the same number of images could be read then and now, with {one.Model.Name}.");
        PromptSetText.TellRepaired(terminal, comparison.Checkpoints.SelectMany(one => one.PromptSets).SelectMany(set => set.Repaired));
    }

    private static void Add(Table table, string when, CheckpointScores checkpoint, PromptSet winner)
    {
        foreach (var set in checkpoint.PromptSets)
            table.Add(
            [
                when + ModelText.Of(checkpoint.Model), .. Cells(set.Score), .. Cells(set.Comparison),
                RunWords.Prompts(set.PromptSet) + (set.PromptSet.Equals(winner) ? " (winner)" : ""),
            ]);
    }

    private static string[] Cells(SplitScore? score) => score is null ? ["refused", "", ""] :
        [Amounts.Percent(score.Accuracy), Amounts.Range(score.AccuracyLow, score.AccuracyHigh), Amounts.Nats(score.Loss)];

    private static string[] Cells(PairedComparison? comparison) => comparison is null ? ["", ""] :
    [
        Amounts.Points(comparison.AccuracyDifference), Amounts.SignedRange(comparison.DifferenceLow, comparison.DifferenceHigh),
    ];
}
