namespace Ipo.V1;

/// <summary>Runs in words, the same in a terminal and on a page.</summary>
public static class RunWords
{
    /// <summary>Where a run stands, in one word.</summary>
    public static string State(RunState state) => state switch
    {
        RunState.Queued => "queued",
        RunState.Running => "running",
        RunState.Completed => "completed",
        RunState.Blocked => "blocked",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        RunState.Paused => "paused",
        _ => "in an unknown state",
    };

    /// <summary>Whether it goes on no more by itself.</summary>
    public static bool IsFinal(Run run) => run.State is RunState.Completed or RunState.Failed or RunState.Cancelled or RunState.Paused;

    /// <summary>A prompt set on one line: the templates with plus signs between them.</summary>
    public static string Prompts(PromptSet? set) => set is null
        ? ""
        : string.Join(" + ", set.Templates) + (set.ClassPrompts.Count > 0 ? " + sentences of single classes" : "");

    /// <summary>Calls and money so far, and tokens where a provider counts them.</summary>
    public static string Spending(Run run)
    {
        var spent = run.Spending ?? new();
        var tokens = spent.InputTokens + spent.OutputTokens;
        var counted = tokens > 0 ? $", {Amounts.Count(tokens, "token")}" : "";
        return $"{Amounts.Count(spent.Calls, "call")}{counted}, {Amounts.Money(spent.CostMicroUsd)}";
    }

    /// <summary>A provider with its model, where that says more.</summary>
    public static string Named(string name, string model) => model.Length == 0 || model == name ? name : $"{name} ({model})";

    /// <summary>A part of a dataset, in one word.</summary>
    public static string Part(Split split) => split switch
    {
        Split.Train => "training",
        Split.Validation => "validation",
        Split.Test => "test",
        _ => "unknown",
    };
}
