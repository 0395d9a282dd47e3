using Google.Protobuf.WellKnownTypes;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;

namespace Ipo.Orchestrator.Runs;

/// <summary>A run as its message.</summary>
internal static class RunMessages
{
    public static V1.Run Of(RunView view)
    {
        var run = view.State;
        var message = new V1.Run
        {
            RunId = run.RunId,
            DisplayName = run.DisplayName,
            Settings = SettingsMessages.Of(run.Settings),
            State = StateOf(view.State.Status, view.Hold),
            Reason = Reason(run),
            Activity = view.Activity,
            ActivityProgress = Math.Clamp(view.Progress, 0, 1),
            StepsCompleted = run.StepsCompleted,
            Pausing = run is { IsRunning: true, IsAskedToPause: true },
            Baseline = run.Baseline is { } baseline ? Of(baseline) : null,
            Best = run.Best is { } best ? Of(best) : null,
            TemplatesScored = run.Scored.Count,
            Spending = Of(run.Spending),
            CreatedAt = run.CreatedAt.ToTimestamp(),
            UpdatedAt = run.UpdatedAt.ToTimestamp(),
            JournalLength = run.Length,
            Elapsed = run.Elapsed.ToDuration(),
            Captioner = Captioner(run.Prepared?.Captioner),
            Model = run.Prepared is { } prepared ? Model(prepared) : null,
            Outcome = OutcomeMapping.Of(run),
            StopReason = run.Ended is { } ended ? EnumMapping<StopReason, V1.StopReason>.Of(ended.Reason) : V1.StopReason.Unspecified,
        };
        message.Proposers.AddRange(run.Prepared?.Proposers.Select(Proposer) ?? []);
        message.Labels.Add(run.Labels);
        if (run.Branch is { } branch)
            message.BranchedFrom = new() { RunId = branch.RunId, Step = branch.Step, Templates = { branch.Templates } };
        message.Refusals.AddRange(run.Refusals.Select(refused => new V1.RefusalCount
        {
            Reason = EnumMapping<RefusalReason, V1.RefusalReason>.Of(refused.Key),
            Count = refused.Value,
        }));
        return message;
    }

    /// <summary>Where a run stands. Its journal does not know what it waits for.</summary>
    public static V1.RunState StateOf(RunStatus status, Hold hold) => (status, hold) switch
    {
        (RunStatus.Running, Hold.Queued) => V1.RunState.Queued,
        (RunStatus.Running, Hold.Blocked) => V1.RunState.Blocked,
        _ => EnumMapping<RunStatus, V1.RunState>.Of(status),
    };

    public static V1.ScoredTemplate Of(ScoredPrompt prompt) =>
        new() { Template = prompt.Template.Text, Accuracy = prompt.Accuracy, Loss = prompt.Loss, Step = prompt.Step };

    /// <summary>A proposer as its message; its name is as the run asks for it, for instance
    /// "evolve/no-history".</summary>
    public static V1.Proposer Proposer(ProviderFacts facts) =>
        new()
        {
            Name = facts.Name,
            Model = facts.Model,
            Paid = facts.Paid,
            Embedded = facts.Embedded ?? false,
            SeesImages = facts.SeesImages ?? false,
            NamedModel = ProposerName.Parse(facts.Name).Model,
        };

    /// <summary>A captioner as its message; null for none.</summary>
    public static V1.Captioner? Captioner(ProviderFacts? facts) => facts is null
        ? null
        : new() { Name = facts.Name, Model = facts.Model, Paid = facts.Paid, Embedded = facts.Embedded ?? false };

    private static string Reason(RunState run) => run.Status switch
    {
        RunStatus.Running => "",
        RunStatus.Failed => run.FailureReason ?? "",
        RunStatus.Cancelled => "A user cancelled it.",
        RunStatus.Paused => $"A user paused it after {run.StepsCompleted} of {run.Settings.Steps} steps; resume it to go on.",
        _ => run.Ended?.Reason switch
        {
            StopReason.StepsDone => $"All {run.Settings.Steps} steps were done.",
            StopReason.CallsSpent =>
                $"The budget's {run.Settings.Budget.Calls} calls were spent after {run.StepsCompleted} of {run.Settings.Steps} steps.",
            StopReason.TokensSpent =>
                $"The budget's {run.Settings.Budget.Tokens} tokens were spent after {run.StepsCompleted} of {run.Settings.Steps} steps.",
            StopReason.MoneySpent =>
                FormattableString.Invariant($"The budget of ${run.Settings.Budget.CostMicroUsd / 1e6m:0.00####} was spent after ")
                    + $"{run.StepsCompleted} of {run.Settings.Steps} steps.",
            StopReason.TimeSpent =>
                $"The budget's time of {run.Settings.Budget.Duration} was spent after {run.StepsCompleted} of {run.Settings.Steps} steps.",
            StopReason.Plateau =>
                $"No better template came in {run.Settings.Patience} steps, so the search ended after {run.StepsCompleted} of "
                    + $"{run.Settings.Steps}.",
            StopReason.Perfect =>
                $"The best template was right on every search image, with certainty, after {run.StepsCompleted} of "
                    + $"{run.Settings.Steps} steps.",
            StopReason.NothingUsable => NothingScoredSentence.Of(NothingScored.Of(run)!),
            StopReason.Requested => $"A user ended the search after {run.StepsCompleted} of {run.Settings.Steps} steps.",
            var other => other?.ToString() ?? "",
        },
    };

    private static V1.Spending Of(Spending spending)
    {
        var message = new V1.Spending
        {
            Calls = spending.Calls,
            InputTokens = spending.InputTokens,
            OutputTokens = spending.OutputTokens,
            CostMicroUsd = spending.CostMicroUsd,
            ImagesCached = spending.ImagesCached,
            ImagesEncoded = spending.ImagesEncoded,
        };
        message.Failures.AddRange(spending.Failures.Select(failed => new V1.FailureCount
        {
            Kind = EnumMapping<FailureKind, V1.FailureKind>.Of(failed.Key),
            Calls = failed.Value,
        }));
        return message;
    }

    /// <summary>The checkpoint that a run was prepared with.</summary>
    public static V1.Model Model(RunPrepared prepared)
    {
        var model = new V1.Model
        {
            Name = prepared.Model.Name,
            Digest = prepared.Model.Digest,
            ExecutionProvider = prepared.Model.ExecutionProvider,
            Precision = prepared.Model.Precision,
            PreprocessingVersion = prepared.Model.PreprocessingVersion,
            LogitScale = prepared.Model.LogitScale,
            Probability = EnumMapping<ZeroShotProbability, V1.ZeroShotProbability>.Of(prepared.Model.Probability),
        };
        if (prepared.ModelDetails is not { } details) return model;
        model.EmbeddingDimension = details.EmbeddingDimension;
        model.ImageSize = details.ImageSize;
        model.ContextLength = details.ContextLength;
        model.Device = details.Device;
        model.ParityAgainst = details.ParityAgainst;
        model.ParityLargestError = details.ParityLargestError;
        model.LogitBias = details.LogitBias;
        return model;
    }
}
