using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class CompareCommandTests : CommandTest
{
    private const string Baseline = "a photo of a <CLASS>.", Finalist = "a neon <CLASS>.", Winner = "neon <CLASS>.";

    private protected override void Prepare()
    {
        Orchestrator.Run = new() { RunId = "r1" };
        Orchestrator.Comparison = new()
        {
            RunId = "r1",
            Winner = Prompts.Set(Winner),
            Recorded = Scores("clip", 'c', 0.5, 0.69, 0.7, own: true),
            Checkpoints = { Scores("other", 'd', 0.6, 0.65, 0.55), Scores("siglip", 'e', 0.4, 0.5, 0.6) },
            ImagesChose = true,
            Message = "The winner travels to 1 of 2 other checkpoints.",
        };
    }

    [Fact]
    public async Task One_table_has_every_checkpoint_beside_what_the_run_recorded()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("compare", "r1", "--checkpoint", "other", "--checkpoint", "eee"));
        Assert.Equal(
            """
            CHECKPOINT                       ACCURACY  95 % INTERVAL  LOSS   GAIN          95 % INTERVAL   PROMPTS
            then: clip cccccccccccc (fp32)   50.0 %    40.0–60.0      1.500                                a photo of a <CLASS>.
            then: clip cccccccccccc (fp32)   69.0 %    59.0–79.0      1.310  +19.0 points  +14.0 to +24.0  a neon <CLASS>.
            then: clip cccccccccccc (fp32)   70.0 %    60.0–80.0      1.300  +20.0 points  +15.0 to +25.0  neon <CLASS>. (winner)
            now: other dddddddddddd (fp32)   60.0 %    50.0–70.0      1.400                                a photo of a <CLASS>.
            now: other dddddddddddd (fp32)   65.0 %    55.0–75.0      1.350  +5.0 points   0.0 to +10.0    a neon <CLASS>.
            now: other dddddddddddd (fp32)   55.0 %    45.0–65.0      1.450  -5.0 points   -10.0 to 0.0    neon <CLASS>. (winner)
            now: siglip eeeeeeeeeeee (fp32)  40.0 %    30.0–50.0      1.600                                a photo of a <CLASS>.
            now: siglip eeeeeeeeeeee (fp32)  50.0 %    40.0–60.0      1.500  +10.0 points  +5.0 to +15.0   a neon <CLASS>.
            now: siglip eeeeeeeeeeee (fp32)  60.0 %    50.0–70.0      1.400  +20.0 points  +15.0 to +25.0  neon <CLASS>. (winner)

            """, line.Out);
        Assert.Equal(
            "The winner travels to 1 of 2 other checkpoints.\n"
                + "40 validation images; a gain is over the baseline on the same images. A loss is in nats of that checkpoint's own softmax: compare it "
                + "within one checkpoint alone.\n"
                + "These images chose among the prompts, which flatters the best of them on the run's own checkpoint.\n",
            line.Error);
        Assert.Equal(
            new CompareRunRequest { RunId = "r1", Checkpoints = { "other", "eee" } }, Orchestrator.Requests.OfType<CompareRunRequest>().Single());
    }

    [Fact]
    public async Task Json_is_the_comparison_as_the_contract_has_it()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("compare", "r1", "--json"));
        Assert.Equal(Orchestrator.Comparison, RunComparison.Parser.ParseJson(line.Out));
        Assert.Empty(line.Error);
        Assert.Empty(Orchestrator.Requests.OfType<CompareRunRequest>().Single().Checkpoints);
    }

    [Fact]
    public async Task Where_only_the_runs_own_checkpoint_was_scored_it_is_said_how_others_are_served()
    {
        Orchestrator.Comparison.Checkpoints.Clear();
        Orchestrator.Comparison.Checkpoints.Add(Orchestrator.Comparison.Recorded);
        Orchestrator.Comparison.ImagesChose = false;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("compare", "r1"));
        Assert.Contains("Start the AppHost with further checkpoints in IPO_COMPARE_CHECKPOINTS", line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("flatters", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_that_a_checkpoint_refuses_and_other_images_than_then_are_said()
    {
        var sets = Orchestrator.Comparison.Checkpoints[0].PromptSets;
        sets[2] = new() { PromptSet = Prompts.Set(Winner), Refusal = "It is too long." };
        sets[1].Score.Images = 39;
        sets[1].Repaired.Add(new RepairedTemplate { Template = Finalist, ReadAs = "a <CLASS>." });
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("compare", "r1"));
        Assert.Contains("now: other dddddddddddd (fp32)   refused ", line.Out, StringComparison.Ordinal);
        Assert.Contains("Warning: not the same number of images could be read then and now, with other.\n", line.Error, StringComparison.Ordinal);
        Assert.Contains("'a neon <CLASS>.' is scored as 'a <CLASS>.'", line.Error, StringComparison.Ordinal);
        Assert.EndsWith("ipo: 'neon <CLASS>.' was not scored on other: It is too long.\n", line.Error, StringComparison.Ordinal);
    }

    private static CheckpointScores Scores(string name, char digest, double baseline, double finalist, double winner, bool own = false) => new()
    {
        Model = new() { Name = name, Digest = new string(digest, 64), Precision = "fp32" },
        IsRunsOwn = own,
        PromptSets = { Set(Baseline, baseline, baseline), Set(Finalist, finalist, baseline), Set(Winner, winner, baseline) },
    };

    private static ComparedPromptSet Set(string template, double accuracy, double baseline) => new()
    {
        PromptSet = Prompts.Set(template),
        Score = new() { Accuracy = accuracy, AccuracyLow = accuracy - 0.1, AccuracyHigh = accuracy + 0.1, Images = 40, Loss = 2 - accuracy },
        Comparison = template == Baseline ? null : new()
        {
            AccuracyDifference = accuracy - baseline,
            DifferenceLow = accuracy - baseline - 0.05,
            DifferenceHigh = accuracy - baseline + 0.05,
        },
    };
}
