using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>A run in words and tables.</summary>
internal static class RunText
{
    public static string State(Run run) => run.State switch
    {
        RunState.Running => "running",
        RunState.Completed => "completed",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        _ => "in an unknown state",
    };

    public static bool IsFinal(Run run) => run.State is RunState.Completed or RunState.Failed or RunState.Cancelled;

    /// <summary>Calls and money so far, and tokens where a provider counts them.</summary>
    public static string Spending(Run run)
    {
        var spent = run.Spending ?? new();
        var tokens = spent.InputTokens + spent.OutputTokens;
        var counted = tokens > 0 ? $", {Amounts.Count(tokens, "token")}" : "";
        return $"{Amounts.Count(spent.Calls, "call")}{counted}, {Amounts.Money(spent.CostMicroUsd)}";
    }

    public static Table Table(IEnumerable<Run> runs)
    {
        var table = new Table("RUN", "STATE", "DATASET", "PRESET", "STEP", "BEST", "GAIN", "COST", "CREATED");
        foreach (var run in runs)
            table.Add(
                run.RunId, State(
                    run), run.Settings?.Dataset ?? "", run.Settings?.Preset ?? "", $"{run.StepsCompleted}/{run.Settings?.Steps}",
                run.Best is { } best ? Amounts.Percent(
                    best.Accuracy) : "", Gain(run), Amounts.Money(run.Spending?.CostMicroUsd ?? 0), Amounts.Moment(run.CreatedAt));
        return table;
    }

    public static Table Facts(Run run)
    {
        var settings = run.Settings ?? new();
        var facts = new Table("RUN", run.RunId);
        facts.Add("State", run.Reason.Length > 0 ? $"{State(run)}: {run.Reason}" : State(run));
        if (run.State is RunState.Running && run.Activity.Length > 0) facts.Add("Activity", run.Activity);
        facts.Add("Dataset", settings.Dataset);
        facts.Add("Settings", Settings(settings));
        facts.Add("Step", $"{run.StepsCompleted} of {settings.Steps}");
        if (run.Best is { } best)
            facts.Add("Best", $"{Score(best)}, from {(best.Step == 0 ? "the baseline" : $"step {best.Step}")}: {best.Template}");
        if (run.Baseline is { } baseline) facts.Add("Baseline", $"{Score(baseline)}: {baseline.Template}");
        if (Gain(run) is { Length: > 0 } gain) facts.Add("Gain", gain);
        facts.Add("Scored", Amounts.Count(run.TemplatesScored, "template"));
        if (run.Refusals.Count > 0)
            facts.Add("Refused", Tally(run.Refusals.Select(refused => (Wording.Of(refused.Reason), (long)refused.Count))));
        facts.Add("Spent", Spending(run));
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

    /// <summary>Best against baseline on the search images; empty before both are known.</summary>
    public static string Gain(Run run) =>
        run is { Best: { } best, Baseline: { } baseline } ? Amounts.Points(best.Accuracy - baseline.Accuracy) : "";

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
