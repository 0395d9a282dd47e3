using Google.Protobuf.WellKnownTypes;
using Ipo.V1;

namespace Ipo.Tests.Cli;

/// <summary>States of one run as an orchestrator would send them.</summary>
internal static class Runs
{
    public static Run Encoding { get; } = new()
    {
        RunId = "r1",
        State = RunState.Running,
        Settings = new() { Dataset = "flowers", Preset = "ipo-paper", Seed = 7, Shots = 16, Classes = ClassSelection.Base, Steps = 4, CandidatesPerStep = 8, MemorySize = 20 },
        Activity = "encoding images",
        ActivityProgress = 0.25,
        Elapsed = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
        CreatedAt = Timestamp.FromDateTime(new(2025, 3, 1, 12, 0, 0, DateTimeKind.Utc)),
        Spending = new() { ImagesCached = 10, ImagesEncoded = 90 },
        Proposers = { new Proposer { Name = "evolve" } },
        Model = new() { Name = "ipo-tiny", ExecutionProvider = "cpu", Precision = "fp32" },
    };

    /// <summary>The run after so many of its 4 steps, 10 seconds each after 10 seconds of encoding.</summary>
    public static Run AfterStep(int step)
    {
        var run = Encoding.Clone();
        run.Activity = step == 4 ? "evaluating the test split" : "scoring candidates";
        run.ActivityProgress = 0.5;
        run.StepsCompleted = step;
        run.TemplatesScored = 1 + 8 * step;
        run.Baseline = new() { Template = "a photo of a <CLASS>.", Accuracy = 0.8, Loss = 0.61 };
        run.Best = step == 0 ? run.Baseline.Clone() : new() { Template = "a close-up photo of a <CLASS> flower.", Accuracy = 0.8 + 0.01 * step, Loss = 0.61 - 0.02 * step, Step = step };
        run.Elapsed = Duration.FromTimeSpan(TimeSpan.FromSeconds(10 + 10 * step));
        run.Spending.Calls = step;
        run.Spending.InputTokens = 1000 * step;
        run.Spending.CostMicroUsd = 2100 * step;
        return run;
    }

    /// <summary>A winner that test images prove.</summary>
    public static RunOutcome Better => new()
    {
        Winner = new() { Templates = { "a close-up photo of a <CLASS> flower." } },
        Recommended = new() { Templates = { "a close-up photo of a <CLASS> flower." } },
        Verdict = new() { Judgement = Judgement.Better, Ground = VerdictGround.TestImages },
        Split = Split.Test,
        BaselineScore = new() { Accuracy = 0.78, AccuracyLow = 0.737, AccuracyHigh = 0.818, Images = 400, Classes = 5 },
        WinnerScore = new() { Accuracy = 0.82, AccuracyLow = 0.779, AccuracyHigh = 0.855, Images = 400, Classes = 5 },
        Comparison = new() { AccuracyDifference = 0.04, DifferenceLow = 0.015, DifferenceHigh = 0.0675, McnemarP = 0.0021, Judgement = Judgement.Better },
        SearchedClasses = 5,
        DatasetClasses = 5,
        Advice = new() { Kind = AdviceKind.UseWinner, Message = "Use the winner." },
    };

    public static Run Completed { get; } = Final(RunState.Completed, "");
    public static Run Failed { get; } = Final(RunState.Failed, "The proposer refused the key; set OPENAI_API_KEY.");
    public static Run Cancelled { get; } = Final(RunState.Cancelled, "");

    public static GetRunReportResponse Report { get; } = new()
    {
        Report = new()
        {
            Run = Completed,
            Winner = new() { Templates = { "a close-up photo of a <CLASS> flower." } },
            IpoVersion = "0.1.0",
        },
        Markdown = "# Run r1\n\n| split | baseline | winner |\n|-------|----------|--------|\n| test  | 80.0 %   | 84.0 % |\n",
    };

    private static Run Final(RunState state, string reason)
    {
        var run = AfterStep(4);
        (run.State, run.Reason, run.Activity, run.ActivityProgress) = (state, reason, "", 0);
        if (state is RunState.Completed) run.Outcome = Better;
        return run;
    }
}
