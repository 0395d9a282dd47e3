using Ipo.Optimization.Actions;
using Ipo.Optimization.Candidates;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Instructions;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using static System.FormattableString;

namespace Ipo.Optimization.Loop;

/// <summary>
/// The loop of the paper's Algorithm 1 as a decision: from what happened to what comes next. It looks at nothing but the
/// state, so a run that was cut anywhere goes on to the same trajectory.
/// </summary>
public static class Planner
{
    /// <summary>Descriptions asked for at once.</summary>
    private const int DescriptionsAtOnce = 4;

    /// <summary>The settings that hold the prices of a language model that proposes.</summary>
    internal const string ProposerPrices = "Ipo:PromptGen:OpenAI:InputPricePerMillionTokens and Ipo:PromptGen:OpenAI:OutputPricePerMillionTokens";

    /// <summary>The settings that hold the prices of a multimodal model that describes.</summary>
    internal const string CaptionerPrices = "Ipo:Captioner:OpenAI:InputPricePerMillionTokens and Ipo:Captioner:OpenAI:OutputPricePerMillionTokens";

    /// <summary>What the host of a run has to do next.</summary>
    public static RunAction Next(RunState run)
    {
        if (!run.IsRunning) return new Nothing();
        if (run.Prepared is not { } prepared) return new Prepare();
        if (!run.Embedded) return new EmbedImages();
        // The baseline is scored before anything is spent, so there is always a winner to return.
        if (run.Baseline is null)
            return run.Unscorable.Contains(PromptTemplate.Baseline.Identity)
                ? new Fail($"The scorer cannot score the baseline '{PromptTemplate.Baseline.Text}': a class name is too long for the checkpoint.")
                : new ScoreTemplates(0, [PromptTemplate.Baseline], [], DetailFor(run, prepared));
        if (run.Ended is not null) return Choose(run, prepared) ?? Explain(run, prepared) ?? Prove(run, prepared);
        return Stop(run) ?? Describe(run, prepared) ?? Search(run, prepared);
    }

    // What was bought is scored first.
    private static EndSearch? Stop(RunState run) =>
        run.Answers.Count == 0 && Stopping.Reason(run) is { } reason ? new(reason, run.Best!.Template) : null;

    private static RunAction? Describe(RunState run, RunPrepared prepared)
    {
        if (prepared.Captioner is not { } captioner) return null;
        if (run.ImagesChosen is null && ImagesAreChosen(run.Settings, prepared))
            return new ChooseImages(ImageSelection.Pool(prepared.SearchImages, run.Settings.DescriptionLimit, run.Settings.Seed), run.Settings.DescriptionLimit);

        var waiting = new List<DescriptionCall>();
        CallFailure? leftOut = null;
        foreach (var image in ImagesToDescribe(run).Where(image => !run.Descriptions.ContainsKey(image.Sha256)))
        {
            var attempts = run.AttemptsAt(CallKey.Describe(image.Sha256));
            if (attempts.FinalFailure is not { } failure) waiting.Add(new(image, attempts.NextAttempt, attempts.NotBefore));
            else if (attempts.SkipsImage) leftOut = failure;
            else return new Fail($"The captioner '{captioner.Name}' {Failed(attempts)}: {failure.Message}");
        }
        // One image may be refused for what it shows; when all are, it is for how the captioner is set up.
        if (waiting.Count == 0 && run.Descriptions.IsEmpty && leftOut is not null)
            return new Fail($"The captioner '{captioner.Name}' described none of the images. Of the last one: {leftOut.Message} Mend that and resume the run, or start one without descriptions.");
        if (waiting.Count == 0) return ChooseDescriptions(run);
        if (run.Spending.Forbids(run.Settings.Budget, run.Elapsed, captioner.Paid) is { } reason)
            return new EndSearch(reason, run.Best!.Template);
        if (captioner.Paid && UnkeptBudget(run) is { } unkept) return unkept;
        return new DescribeImages([.. waiting.Take(Affordable(run, captioner.Paid, DescriptionsAtOnce))]);
    }

    private static ChooseDescriptions? ChooseDescriptions(RunState run)
    {
        if (run.Settings.DescriptionTokens == 0 || run.DescriptionsChosen is not null) return null;
        SearchImage[] described = [.. ImagesToDescribe(run).Where(image => run.Descriptions.ContainsKey(image.Sha256))];
        return described.Length == 0 ? null : new(described);
    }

    private static RunAction Search(RunState run, RunPrepared prepared)
    {
        var settings = run.Settings;
        if (run.StepsCompleted >= settings.Steps) return new EndSearch(StopReason.StepsDone, run.Best!.Template);

        var step = run.StepsCompleted + 1;
        var open = Enumerable.Range(0, settings.CallsPerStep).Where(call => !run.Answers.ContainsKey(call)).ToList();
        if (open.Count == 0 || (run.IsAskedToStop && run.Answers.Count > 0)) return Score(run, prepared, step);
        var proposer = prepared.ProposerOf(step, open[0], settings.CallsPerStep);
        open.RemoveAll(call => prepared.ProposerOf(step, call, settings.CallsPerStep) != proposer);
        if (run.Spending.Forbids(settings.Budget, run.Elapsed, proposer.Paid) is { } reason)
            // What was bought is scored first.
            return run.Answers.Count > 0 ? Score(run, prepared, step) : new EndSearch(reason, run.Best!.Template);
        if (proposer.Paid && UnkeptBudget(run) is { } unkept) return unkept;

        var calls = new List<ProposalCall>();
        foreach (var call in open.Take(Affordable(run, proposer.Paid, open.Count)))
        {
            var attempts = run.AttemptsAt(CallKey.Propose(step, call));
            if (attempts.FinalFailure is { } failure)
                return new Fail($"The proposer '{proposer.Name}' {Failed(attempts)} at step {step}: {failure.Message}");
            calls.Add(new(call, attempts.NextAttempt, Seeds.For(settings.Seed, step, call), attempts.NotBefore));
        }

        var name = ProposerName.Parse(proposer.Name);
        if (name is { Service: ProposerName.Reflect, SeesHistory: true } && run.ConfusionsFound?.Template != run.Best!.Template.Text)
            return new FindConfusions(run.Best.Template);
        var request = ProposerRequest.For(name, run.Scored, ShownDescriptions.Of(run), Confusions.Described(run), settings);
        return new Propose(step, calls, request.Instruction, request.Memory, request.Descriptions, settings.CandidatesPerCall, proposer);
    }

    // Money is counted by the prices that the paid services are configured with, and tokens by what they state. Without that a limit would
    // never be reached, so nothing more is bought; the run keeps what it has and goes on once a person has mended it.
    private static Fail? UnkeptBudget(RunState run)
    {
        if (run.UnreportedTokens is { } unreported && run.Settings.Budget.Tokens is { } tokens)
            return new(Invariant($"The {(unreported.IsDescription ? "captioner" : "proposer")} answered without stating its tokens, so the budget of {tokens} tokens cannot be kept. Start a run with a budget of calls or of time instead."));
        if (run.UnpricedCall is not { } call || run.Settings.Budget.CostMicroUsd is not { } limit) return null;
        var (who, section) = call.IsDescription ? ("captioner", CaptionerPrices) : ("proposer", ProposerPrices);
        return new(Invariant($"The {who} answered at a cost of $0, so the budget of ${limit / 1e6m:0.######} cannot be kept. Set the model's prices, {section}, and resume the run; where the model is free, or its server counts no tokens, start a run without a budget in money."));
    }

    private static ScoreTemplates Score(RunState run, RunPrepared prepared, int step)
    {
        string[] classNames = [.. prepared.ClassNames, .. prepared.NovelClassNames];
        var known = run.Tried;
        var templates = new List<PromptTemplate>();
        var refused = new List<RefusedText>();
        foreach (var text in run.Answers.Values) // in the order of the calls, whichever was answered first
        {
            var answer = ParsedAnswer.Parse(text, run.Settings.CandidatesPerCall, classNames, known);
            templates.AddRange(answer.Candidates);
            refused.AddRange(answer.Refused);
            known = known.Union(answer.Candidates.Select(template => template.Identity));
        }
        return new(step, templates, refused, DetailFor(run, prepared));
    }

    // Single outcomes choose and test where held-out images decide; single losses are only needed where images are few.
    private static OutcomeDetail DetailFor(RunState run, RunPrepared prepared) =>
        run.Settings.WinnerRule == WinnerRule.SearchImages ? OutcomeDetail.None
        : Choice.AreFew(prepared.SearchImages.Count, prepared.ClassNames.Count) ? OutcomeDetail.Losses : OutcomeDetail.Correct;

    private static RunAction? Choose(RunState run, RunPrepared prepared)
    {
        if (run.Winner is not null) return null;
        foreach (var finalist in Finalists.Of(run))
            foreach (var part in Finalists.Parts(run))
                if (run.EvaluationOf(finalist.Template.Text, part) is null)
                    return new Evaluate(finalist.Template, part, OutcomeDetail.Predictions);
        if (Ensemble.Of(run) is { NextToScore: { } set }) return new Evaluate(set, Finalists.SelectionPart(prepared), OutcomeDetail.Predictions);
        foreach (var grown in Finalists.Sets(run).Where(finalist => finalist.IsEnsemble))
            foreach (var part in Finalists.Parts(run))
                if (run.EvaluationOf(grown.Text, part) is null)
                    return new Evaluate(grown, part, OutcomeDetail.Predictions);
        return new ChooseWinner(WinnerChoice.Of(run).Winner);
    }

    // On the images that chose the winner, and before the test images are opened.
    private static Evaluate? Explain(RunState run, RunPrepared prepared)
    {
        if (!run.Settings.Explains || run.Winner == PromptTemplate.Baseline.Text) return null;
        var part = Finalists.SelectionPart(prepared);
        return Variations.Of(run)
            .Where(variation => !run.Unscorable.Contains(variation.Template.Identity) && run.EvaluationOf(variation.Template.Text, part) is null)
            .Select(variation => new Evaluate(variation.Template, part))
            .FirstOrDefault();
    }

    private static RunAction Prove(RunState run, RunPrepared prepared)
    {
        if (run.Chosen is not null && run.TestOpened is null && prepared.Parts.Any(IsTest)) return new OpenTest();
        var winner = PromptSet.Parse(run.Winner!);
        var templates = new List<PromptSet> { PromptTemplate.Baseline, winner };
        // An ensemble stands beside the best template alone, which it was grown from.
        if (winner.IsEnsemble) templates.Add(winner.Templates[0]);
        if (prepared.HandWrittenTemplate is { } written) templates.Add(PromptTemplate.Parse(written));
        // What the scorer refused on one part, for instance for a long novel class name, is not sent again; the report goes
        // without that part.
        foreach (var template in templates.Where(template => !run.Unscorable.Contains(template.Identity)))
            foreach (var part in prepared.Parts)
                if (run.EvaluationOf(template.Text, part) is null)
                    return new Evaluate(template, part);
        return run.Chosen is not null && run.Duplicates is null && prepared.Parts.Count > 1 ? new FindDuplicates() : new Complete();
    }

    /// <summary>Whether a part holds test images, which stay sealed until the winner is chosen.</summary>
    public static bool IsTest(DatasetPart part) => part is DatasetPart.TestBase or DatasetPart.TestNovel;

    // Where all are described there is nothing to choose.
    private static bool ImagesAreChosen(RunSettings settings, RunPrepared prepared) =>
        settings.DescriptionTokens > 0 && prepared.SearchImages.DistinctBy(image => image.Sha256).Skip(settings.DescriptionLimit).Any();

    /// <summary>The images that a run describes, once they are chosen.</summary>
    internal static IReadOnlyList<SearchImage> ImagesToDescribe(RunState run)
    {
        if (run.ImagesChosen is not { } chosen) return ImagesToDescribe(run.Settings, run.Prepared!);
        var bySha256 = run.Prepared!.SearchImages.DistinctBy(image => image.Sha256).ToDictionary(image => image.Sha256);
        return [.. chosen.Images.Select(image => bySha256[image])];
    }

    /// <summary>
    /// The images that are described where none are chosen by what they show: the first of every class, then the second, up to the
    /// limit. The same image twice is one. A choice has as many.
    /// </summary>
    public static IReadOnlyList<SearchImage> ImagesToDescribe(RunSettings settings, RunPrepared prepared) =>
        [.. prepared.SearchImages
            .DistinctBy(image => image.Sha256)
            .GroupBy(image => image.Label)
            .OrderBy(group => group.Key)
            .SelectMany(group => group.Select((image, rank) => (image, rank)))
            .OrderBy(ranked => ranked.rank)
            .Select(ranked => ranked.image)
            .Take(settings.DescriptionLimit)];

    private static string Failed(CallAttempts attempts) => attempts.Failures == 1 ? "failed" : Invariant($"failed {attempts.Failures} times");

    private static int Affordable(RunState run, bool paid, int wanted) =>
        paid && run.Settings.Budget.Calls is { } calls ? (int)Math.Min(wanted, calls - run.Spending.PaidCalls) : wanted;
}
