using System.Globalization;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Choosing;

/// <summary>
/// Runs with a known truth through the code that decides real ones: <see cref="Finalists"/>, <see cref="WinnerChoice"/> and
/// <see cref="Verdict"/> for <c>robust</c>, <see cref="ScoredPrompt.Best"/> for the published rule. IPO_SIMULATED_RUNS=2000
/// gives the table of docs/trust.md; without it the same runs are fewer.
/// </summary>
public sealed class SimulationTests
{
    private const int Candidates = 60;
    private const int Classes = 20;
    private const int TestImages = 1500; // as many as Caltech-101 has of its base classes
    private const double BaselineAccuracy = 0.6;

    private static readonly int Runs =
        int.Parse(Environment.GetEnvironmentVariable("IPO_SIMULATED_RUNS") ?? "40", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(64)]
    public void Without_a_true_gain_robust_rarely_says_better_and_the_published_rule_often_picks_a_worse_one(int imagesPerClass)
    {
        var equal = Simulate("none better, none worse", imagesPerClass, (_, _) => BaselineAccuracy);
        var worse = Simulate("none better, most worse", imagesPerClass, (_, random) => BaselineAccuracy - 0.02 * Math.Abs(Normal(random)));
        foreach (var tally in new[] { equal, worse })
        {
            Assert.InRange(tally.Share(run => run.Tested == Judgement.Better), 0, 0.05);
            Assert.InRange(tally.Share(run => run.OnValidation == Judgement.Better), 0, 0.05);
            Assert.InRange(tally.Share(run => run.Folded == Judgement.Better), 0, 0.05);
        }
        // Whoever trusts the search images gives away more than whoever asks others.
        Assert.True(worse.Runs.Average(run => run.RobustGain) > worse.Runs.Average(run => run.PaperGain));
        Assert.InRange(worse.Share(run => run.PaperIsWorse), 0.3, 1);
    }

    [Theory]
    [InlineData(4, 0.15)]
    [InlineData(16, 0.5)]
    [InlineData(64, 0.75)]
    public void A_true_gain_of_three_points_is_found_the_more_often_the_more_images_there_are(int imagesPerClass, double atLeast)
    {
        var tally = Simulate(
            "one better by 3 points", imagesPerClass, (candidate, random) =>
                candidate == 7 ? BaselineAccuracy + 0.03 : BaselineAccuracy - 0.02 * Math.Abs(Normal(random)));
        Assert.InRange(tally.Share(run => run.Tested == Judgement.Better), atLeast, 1);
    }

    private static Tally Simulate(string truth, int imagesPerClass, Func<int, Random, double> trueAccuracy)
    {
        var runs = new List<SimulatedRun>();
        for (var seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            double[] truths = [BaselineAccuracy, .. Enumerable.Range(1, Candidates).Select(candidate => trueAccuracy(candidate, random))];
            runs.Add(Run(new SimulatedWorld(seed, Classes, imagesPerClass, truths)));
        }
        var tally = new Tally(runs);
        TestContext.Current.TestOutputHelper!.WriteLine(tally.Row(truth, imagesPerClass));
        return tally;
    }

    private static SimulatedRun Run(SimulatedWorld world)
    {
        var scored = world.Search();
        var paper = ScoredPrompt.Best(scored)!;
        var finalists = Finalists.Of(scored, Presets.Get("robust", "world").Finalists, world.Classes).Select(prompt => prompt.Template)
            .ToList();

        var choice = WinnerChoice.OnHeldOut(world.HeldOut(finalists), world.Classes, seed: 1);
        var folded = WinnerChoice.OnFolds(
            [.. scored.Select(prompt => new Contender(prompt.Template, prompt.Outcomes!))], [new(scored[0].Template, scored[0].Outcomes!)],
            world.Classes, seed: 1);
        var test = world.On([PromptTemplate.Baseline, Assert.Single(choice.Winner.Templates), paper.Template], TestImages);

        var stays = choice.Winner == PromptTemplate.Baseline;
        var winner = choice.Finalists.First(finalist => finalist.Template == choice.Winner);
        return new(
            Verdict.Of(stays, PairedComparison.Of(test[1].Outcomes.Correct, test[0].Outcomes.Correct, 1), winner, null).Judgement,
            Verdict.Of(stays, null, winner, null).Judgement,
            Verdict.Of(folded.Winner == PromptTemplate.Baseline, null, null, folded.Folded).Judgement,
            stays,
            world.TrueAccuracy(choice.Winner.Templates[0]) - BaselineAccuracy,
            world.TrueAccuracy(paper.Template) - BaselineAccuracy,
            !stays && test[1].Outcomes.Right < test[0].Outcomes.Right,
            paper.Template != PromptTemplate.Baseline && test[2].Outcomes.Right < test[0].Outcomes.Right,
            paper.Accuracy - scored[0].Accuracy,
            BestOfMany.PValue(
                scored[0].Outcomes!.Correct, [.. scored.Skip(1).Select(prompt => prompt.Outcomes!.Correct)], new Random(1)) < 0.05);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // What one run said, and what was true.
    private sealed record SimulatedRun(
        Judgement Tested, Judgement OnValidation, Judgement Folded, bool Stays, double RobustGain, double PaperGain, bool RobustIsWorse,
        bool PaperIsWorse, double PaperSearchGain, bool SearchIsSurprising);

    private sealed record Tally(IReadOnlyList<SimulatedRun> Runs)
    {
        public double Share(Func<SimulatedRun, bool> what) => (double)Runs.Count(what) / Runs.Count;

        /// <summary>A row of the table in docs/trust.md.</summary>
        public string Row(string truth, int imagesPerClass) => string.Create(CultureInfo.InvariantCulture,
            $"| {truth} | {imagesPerClass} | {Share(run => run.Tested == Judgement.Better) * 100:0.0} | "
                + $"{Share(run => run.OnValidation == Judgement.Better) * 100:0.0} | "
                + $"{Share(run => run.Folded == Judgement.Better) * 100:0.0} | {Share(run => run.SearchIsSurprising) * 100:0.0} | "
                        + $"{Share(run => run.Stays) * 100:0.0} | {Runs.Average(run => run.RobustGain) * 100:+0.00;−0.00} | "
                        + $"{Share(run => run.RobustIsWorse) * 100:0.0} | "
                                + $"{Runs.Average(run => run.PaperSearchGain) * 100:+0.00;−0.00} | "
                                + $"{Runs.Average(run => run.PaperGain) * 100:+0.00;−0.00} | "
                                        + $"{Share(run => run.PaperIsWorse) * 100:0.0} |");
    }
}
