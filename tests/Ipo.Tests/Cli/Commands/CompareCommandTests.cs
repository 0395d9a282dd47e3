using System.Text.Json;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class CompareCommandTests : IAsyncLifetime
{
    private const string Baseline = "a photo of a <CLASS>.", Finalist = "a neon <CLASS>.", Winner = "neon <CLASS>.";

    private FakeOrchestrator orchestrator = null!;

    public async ValueTask InitializeAsync()
    {
        orchestrator = await FakeOrchestrator.StartAsync();
        orchestrator.Dataset = new() { Name = "flowers", Digest = new string('1', 64) };
        orchestrator.Report = new()
        {
            Report = new()
            {
                Run = new() { RunId = "r1", Settings = new() { Classes = ClassSelection.Base }, Model = Checkpoint("clip", 'c') },
                Dataset = orchestrator.Dataset,
                Selection = new() { Rule = SelectionRule.ValidationImages },
                Winner = Prompts.Set(Winner),
                BaselineEvaluation = Evaluation(Baseline, 0.5),
                WinnerEvaluation = Evaluation(Winner, 0.7),
                Finalists =
                {
                    new Finalist { PromptSet = Prompts.Set(Baseline), Score = Score(0.5) },
                    new Finalist { PromptSet = Prompts.Set(Finalist), Score = Score(0.69) },
                },
            },
        };
        orchestrator.Evaluation = new()
        {
            Model = Checkpoint("other", 'd'),
            Results = { Scored(Baseline, 0.6), Scored(Finalist, 0.65), Scored(Winner, 0.55) },
        };
    }

    public async ValueTask DisposeAsync() => await orchestrator.DisposeAsync();

    [Fact]
    public async Task Finalists_and_the_shortened_winner_stand_beside_what_the_run_recorded()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("compare", "r1"));
        Assert.Equal(
            """
            THEN    95 % INTERVAL  GAIN          NOW     95 % INTERVAL  GAIN         PROMPTS
            50.0 %  40.0–60.0                    60.0 %  50.0–70.0                   a photo of a <CLASS>.
            69.0 %  59.0–79.0      +19.0 points  65.0 %  55.0–75.0      +5.0 points  a neon <CLASS>.
            70.0 %  60.0–80.0      +20.0 points  55.0 %  45.0–65.0      -5.0 points  neon <CLASS>. (winner)

            """, line.Out);
        Assert.Equal(
            "Then: clip cccccccccccc (fp32). Now: other dddddddddddd (fp32). 40 validation images, a gain is over the baseline, "
                + "an interval is one accuracy's.\nThese images chose among the prompts then, which flatters the best of that column.\n",
            line.Error);
        Assert.Equal(
            new EvaluateTemplatesRequest
            {
                Dataset = "flowers",
                PromptSets = { Prompts.Sets(Baseline, Finalist, Winner) },
                Split = Split.Validation,
                Classes = EvaluatedClasses.Base,
            },
            orchestrator.Requests.OfType<EvaluateTemplatesRequest>().Single());
    }

    [Fact]
    public async Task Json_has_both_checkpoints_and_both_scores()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("compare", "r1", "--json"));
        using var document = JsonDocument.Parse(line.Out);
        var root = document.RootElement;
        Assert.Equal(("clip", "other"), (root.GetProperty("runModel").GetProperty("name").GetString(), root.GetProperty("model").GetProperty("name").GetString()));
        var last = root.GetProperty("prompts")[2];
        Assert.Equal((0.7, 0.55), (Accuracy(last.GetProperty("then")), Accuracy(last.GetProperty("now").GetProperty("score"))));
        Assert.Empty(line.Error);

        static double Accuracy(JsonElement score) => score.GetProperty("accuracy").GetDouble();
    }

    [Fact]
    public async Task One_checkpoint_on_both_sides_is_said()
    {
        orchestrator.Evaluation.Model = orchestrator.Report.Report.Run.Model;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("compare", "r1"));
        Assert.Contains("Both are one checkpoint: start the scorer with another one", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_that_the_checkpoint_refuses_and_other_images_than_then_are_said()
    {
        orchestrator.Evaluation.Results[2] = new() { PromptSet = Prompts.Set(Winner), Refusal = "It is too long." };
        orchestrator.Evaluation.Results[1].Score.Images = 39;
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("compare", "r1"));
        Assert.Contains("70.0 %  60.0–80.0      +20.0 points  refused", line.Out, StringComparison.Ordinal);
        Assert.Contains("Warning: not the same number of images could be read then and now.\n", line.Error, StringComparison.Ordinal);
        Assert.EndsWith("ipo: 'neon <CLASS>.' was not scored: It is too long.\n", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scores_of_folds_are_not_taken_for_those_of_validation_images()
    {
        orchestrator.Report.Report.Selection.Rule = SelectionRule.FoldedSearchImages;
        orchestrator.Evaluation.Results.RemoveAt(1);
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("compare", "r1"));
        Assert.Equal([Prompts.Set(Baseline), Prompts.Set(Winner)], orchestrator.Requests.OfType<EvaluateTemplatesRequest>().Single().PromptSets);
        Assert.DoesNotContain("flatters", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_validation_images_and_a_dataset_that_has_changed_are_refused()
    {
        orchestrator.Dataset = new() { Name = "flowers", Digest = new string('2', 64) };
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("compare", "r1"));
        Assert.StartsWith("ipo: Dataset 'flowers' has changed since the run (digest 111111111111, now 222222222222)", line.Error, StringComparison.Ordinal);

        var report = orchestrator.Report.Report;
        report.Selection.Rule = SelectionRule.SearchImages;
        (report.BaselineEvaluation.Validation, report.WinnerEvaluation.Validation) = (null, null);
        line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("compare", "r1"));
        Assert.StartsWith("ipo: Run 'r1' has no scores of validation images", line.Error, StringComparison.Ordinal);
        Assert.Empty(orchestrator.Requests.OfType<EvaluateTemplatesRequest>());
    }

    private static Model Checkpoint(string name, char digest) => new() { Name = name, Digest = new string(digest, 64), Precision = "fp32" };

    private static TemplateEvaluation Evaluation(string template, double accuracy) => new() { PromptSet = Prompts.Set(template), Validation = Score(accuracy) };

    private static EvaluatedTemplate Scored(string template, double accuracy) => new() { PromptSet = Prompts.Set(template), Score = Score(accuracy) };

    private static SplitScore Score(double accuracy) => new() { Accuracy = accuracy, AccuracyLow = accuracy - 0.1, AccuracyHigh = accuracy + 0.1, Images = 40 };

    private CommandLine Line()
    {
        var line = new CommandLine();
        line.Environment["IPO_SERVER"] = orchestrator.Address;
        return line;
    }
}
