using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>A run in words and tables.</summary>
internal static class RunText
{
    private const int LongestPrompt = 60; // columns of a table

    /// <summary>A row for each run; with what a person calls them where anybody calls one anything.</summary>
    public static Table Table(IReadOnlyCollection<Run> runs)
    {
        var named = runs.Any(run => run.DisplayName.Length > 0);
        var table = new Table(
            ["RUN", .. named ? ["NAME"] : (string[])[], "STATE", "VERDICT", "BASELINE → CHOSEN", "PROMPT", "COST", "CREATED"]);
        foreach (var run in runs)
            table.Add(
            [
                run.RunId, .. named ? [run.DisplayName] : (string[])[], StateAndStep(run),
                run.Outcome is { } found ? OutcomeWords.Word(found) : "",
                run.Outcome is { } outcome ? OutcomeWords.Figures(outcome) : "",
                run.Outcome?.Recommended is { } prompts ? ScreenText.Fit(RunWords.Prompts(prompts), LongestPrompt) : "",
                Amounts.Money(run.Spending?.CostMicroUsd ?? 0), Amounts.Moment(run.CreatedAt),
            ]);
        return table;
    }

    public static Table Facts(Run run)
    {
        var settings = run.Settings ?? new();
        var facts = new Table("RUN", run.RunId);
        if (run.DisplayName.Length > 0) facts.Add("Name", run.DisplayName);
        facts.Add("State", run.Reason.Length > 0 ? $"{RunWords.State(run.State)}: {run.Reason}" : RunWords.State(run.State));
        if (!RunWords.IsFinal(run) && run.Activity.Length > 0) facts.Add("Activity", run.Activity);
        facts.Add("Dataset", settings.Dataset);
        facts.Add("Settings", Settings(settings));
        if (run.Labels.Count > 0)
            facts.Add("Labels", string.Join(", ", run.Labels.OrderBy(label => label.Key).Select(label => $"{label.Key}={label.Value}")));
        if (run.BranchedFrom is { } branch) facts.Add("Branched from", $"step {branch.Step} of {branch.RunId}");
        facts.Add("Step", $"{run.StepsCompleted} of {settings.Steps}");
        if (run.Outcome is { } outcome)
        {
            facts.Add("Verdict", OutcomeText.Line(run));
            facts.Add(outcome.Verdict.Judgement is Judgement.Better ? "Winner" : "Best found", RunWords.Prompts(outcome.Winner));
            facts.Add("Advice", outcome.Advice.Message);
        }
        if (run.Best is { } best)
            facts.Add("Search, best", $"{Score(best)}, from {Origin(run, best)}: {best.Template}");
        if (run.Baseline is { } baseline) facts.Add("Search, baseline", $"{Score(baseline)}: {baseline.Template}");
        facts.Add("Scored", Amounts.Count(run.TemplatesScored, "template"));
        if (run.Refusals.Count > 0)
            facts.Add("Refused", Tally(run.Refusals.Select(refused => (Wording.Of(refused.Reason), (long)refused.Count))));
        facts.Add("Spent", RunWords.Spending(run));
        if (run.Spending is { Failures.Count: > 0 } spending)
            facts.Add("Failed calls", Tally(spending.Failures.Select(failed => (Wording.Of(failed.Kind), failed.Calls))));
        if (run.Spending is { } images)
            facts.Add("Images", $"{Amounts.Count(images.ImagesCached)} cached, {Amounts.Count(images.ImagesEncoded)} encoded");
        if (run.Elapsed is { } elapsed) facts.Add("Running time", Amounts.Clock(elapsed.ToTimeSpan()));
        facts.Add("Created", Amounts.Moment(run.CreatedAt));
        facts.Add("Proposer", ProviderText.Proposers(run.Proposers));
        facts.Add("Captioner", ProviderText.Captioner(run.Captioner));
        if (run.Model is { } model) facts.Add("Checkpoint", $"{model.Name} ({model.ExecutionProvider}, {model.Precision})");
        return facts;
    }

    private static string Origin(Run run, ScoredTemplate best) =>
        best.Step > 0 ? $"step {best.Step}" : best.Template == run.Baseline?.Template ? "the baseline" : "what it branched from";

    private static string StateAndStep(Run run) => run.State is RunState.Completed
        ? RunWords.State(run.State)
        : $"{RunWords.State(run.State)}, {run.StepsCompleted}/{run.Settings?.Steps}";

    private static string Score(ScoredTemplate scored) => $"{Amounts.Percent(scored.Accuracy)}, loss {Amounts.Nats(scored.Loss)}";

    private static string Settings(RunSettings settings)
    {
        var classes = settings.Classes is ClassSelection.All ? "all classes" : "base classes";
        var shots = settings.Shots == 0 ? "all training images" : Amounts.Count(settings.Shots, "shot");
        var rest = Optimization.Settings.RunSettings.Table
            .Select(setting => setting.Tell(RunSettings.Descriptor.FindFieldByName(setting.Field).Accessor.GetValue(settings)))
            .Where(told => told.Length > 0);
        string[] all =
        [
            $"preset {settings.Preset}", $"seed {settings.Seed}", shots, classes,
            $"{Amounts.Count(settings.CandidatesPerStep, "candidate")} a step", $"memory of {settings.MemorySize}", .. rest,
        ];
        return string.Join(", ", all);
    }

    private static string Tally(IEnumerable<(string Name, long Number)> counts) =>
        string.Join(
            ", ",
            counts.OrderByDescending(count => count.Number).ThenBy(count => count.Name, StringComparer.Ordinal)
                .Select(count => $"{Amounts.Count(count.Number)} {count.Name}"));
}
