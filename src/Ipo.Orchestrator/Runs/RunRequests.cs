using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Memory;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Limits;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Runs;

/// <summary>What a person can ask of runs. Each wish is written to the journal first; the host follows it.</summary>
internal sealed partial class RunRequests(
    RunStore store, IRunWorkers workers, Preparation preparation, DatasetStore datasets, DatasetGate gate, Ledger ledger,
    IOptions<AccessOptions> access, TimeProvider clock)
{
    private const int LongestDatasetInId = 40;
    private const int ChosenLetters = 4;

    /// <summary>Creates a run, or finds the one of this id whose settings are those asked for. What is not asked for
    /// may be anything: a preset's defaults change from one version to the next, and a run that is found stays what it
    /// was.</summary>
    /// <param name="runId">Its id; empty to have one chosen.</param>
    /// <param name="asked">Its settings as they were asked for; the preset gives what is left out.</param>
    /// <param name="filing">Its display name and labels; none where a run is found stands for those that it has.</param>
    /// <param name="from">Where it branches off from another run; null for none.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task<RunView> CreateAsync(
        string runId, V1.RunSettings asked, RunFiling filing, V1.BranchPoint? from, CancellationToken cancellation)
    {
        var settings = SettingsMessages.Read(asked);
        if (runId.Length == 0)
            return await CreateAsync(await ChooseIdAsync(settings.Dataset, cancellation), asked, filing, from, cancellation);
        RequestId.Check("run_id", runId);
        if (SettingsRules.FirstError(settings) is { } error) throw RefusedException.InvalidIn("settings", error);
        RunLabels.Check(filing);
        datasets.Get(settings.Dataset);

        if (await store.FindAsync(runId, cancellation) is { } standing) return await SameAsync(standing, asked, filing, from);
        var branch = from is null ? null : await BranchAsync(from, settings, cancellation);
        await RefuseOverLimitAsync(cancellation);
        await preparation.RefuseImpossibleAsync(settings, RetryPolicy.ForRequest(clock), cancellation);
        try
        {
            using var turn = await gate.EnterAsync(cancellation);
            datasets.Get(settings.Dataset); // deleted meanwhile, it would leave a run on nothing
            await store.CreateAsync(
                new(
                    clock.GetUtcNow(), runId, settings, filing.Labels.Count > 0 ? filing.Labels : null,
                    filing.DisplayName.Length > 0 ? filing.DisplayName : null, Tenant.Caller, branch),
                cancellation);
        }
        catch (JournalConflictException)
        {
            // Two requests at once: the other one was first.
            return await SameAsync(await store.GetAsync(runId, cancellation), asked, filing, from);
        }
        await workers.TakeUpAsync(runId, again: true); // before anything that a caller who is gone would cut off
        return await store.GetAsync(runId, cancellation);
    }

    /// <summary>Ends a run's search; what it found is proved. Asking again changes nothing.</summary>
    public async Task<RunView> FinishAsync(string runId, CancellationToken cancellation)
    {
        var wish = new StopRequested(clock.GetUtcNow());
        var view = await store.GetAsync(runId, cancellation);
        if (!view.State.IsRunning)
            throw RefusedException.Forbidden(
                $"Run '{runId}' is {view.State.Status.ToString().ToLowerInvariant()}; only a running search can be ended.");
        if (view.State.IsAskedToStop || view.State.Ended is not null) return view;
        await WishAsync(runId, wish, run => run.IsRunning && !run.IsAskedToStop, cancellation);
        return await store.GetAsync(runId, cancellation);
    }

    /// <summary>Lets a run stand still after the step at work. Asking again changes nothing.</summary>
    public async Task<RunView> PauseAsync(string runId, CancellationToken cancellation)
    {
        var view = await store.GetAsync(runId, cancellation);
        if (view.State.Status == RunStatus.Paused || view.State.IsAskedToPause) return view;
        if (!view.State.IsRunning)
            throw RefusedException.Forbidden(
                $"Run '{runId}' is {view.State.Status.ToString().ToLowerInvariant()}; only a running run can be paused.");
        await WishAsync(runId, new PauseRequested(clock.GetUtcNow()), run => run.IsRunning && !run.IsAskedToPause, cancellation);
        return await store.GetAsync(runId, cancellation);
    }

    // A run that waits for its turn, or that another orchestrator holds, has nobody's pen here.
    private async Task WishAsync(string runId, RunEvent wish, Predicate<RunState> isWanted, CancellationToken cancellation)
    {
        if (await workers.TryWriteAsync(runId, wish)) return;
        await store.DecideAsync(runId, run => isWanted(run) ? [wish] : [], cancellation);
        await workers.TakeUpAsync(runId, again: true);
    }

    /// <summary>Stops a run for good. A cancelled run stays cancelled.</summary>
    public async Task<RunView> CancelAsync(string runId, CancellationToken cancellation)
    {
        var view = await store.DecideAsync(runId, run => run.Status switch
        {
            RunStatus.Cancelled => [],
            RunStatus.Completed => throw RefusedException.Forbidden($"Run '{runId}' is complete; there is nothing to cancel."),
            _ => [new RunCancelled(clock.GetUtcNow())],
        }, cancellation);
        await workers.ReleaseAsync(runId);
        return view;
    }

    /// <summary>Lets a failed or paused run go on, and a running one that nobody here works on.</summary>
    public async Task<RunView> ResumeAsync(string runId, CancellationToken cancellation)
    {
        var status = (await store.GetAsync(runId, cancellation)).State.Status;
        if (status is RunStatus.Failed or RunStatus.Paused) await RefuseOverLimitAsync(cancellation);
        var isActive = status is RunStatus.Running && await workers.IsActiveAsync(runId);
        await store.DecideAsync(runId, run => run.Status switch
        {
            RunStatus.Failed or RunStatus.Paused => [new RunResumed(clock.GetUtcNow())],
            RunStatus.Running when !isActive => [],
            _ => throw RefusedException.Forbidden(
                $"Run '{runId}' is {run.Status.ToString().ToLowerInvariant()}; only a failed or paused run can be resumed."),
        }, cancellation);
        await workers.TakeUpAsync(runId, again: true);
        return await store.GetAsync(runId, cancellation);
    }

    private async Task<BranchPoint> BranchAsync(V1.BranchPoint from, RunSettings settings, CancellationToken cancellation)
    {
        if (from.RunId.Length == 0) throw RefusedException.InvalidField("branch_from.run_id", "is empty; give the id of a run.");
        if (from.Templates.Count > 0)
            throw RefusedException.InvalidField("branch_from.templates", "is not taken; they are those of the run and step.");
        var other = (await store.GetAsync(from.RunId, cancellation)).State;
        if (other.Settings.Dataset != settings.Dataset)
            throw RefusedException.InvalidField(
                "branch_from.run_id", $"names a run on dataset '{other.Settings.Dataset}'; a branch stays on it, and this one is on "
                    + $"'{settings.Dataset}'.");
        var step = from.HasStep ? from.Step : other.StepsCompleted;
        if (step < 0 || step > other.StepsCompleted)
            throw RefusedException.InvalidField(
                "branch_from.step", $"is {step}; run '{from.RunId}' has completed {other.StepsCompleted} steps, and it takes 0 to that.");
        var memory = PromptMemory.Shown([.. other.Scored.Where(prompt => prompt.Step <= step)], settings);
        return new(other.RunId, step, [.. memory.Select(prompt => prompt.Template.Text)]);
    }

    private async Task RefuseOverLimitAsync(CancellationToken cancellation)
    {
        ledger.Demand(Used.MicroUsd, 0);
        var most = access.Value.Limits.RunningRuns;
        if (most == 0 || Tenant.Caller is not { } caller) return;
        var running = (await store.ListAsync(cancellation)).Count(run => run.IsRunning && run.By == caller);
        if (running >= most)
            throw RefusedException.Quota(
                $"{running} of your runs are running, and {most} may ({AccessOptions.Section}:Limits:RunningRuns). Wait for one, finish "
                    + "it or cancel it.", TimeSpan.FromSeconds(30));
    }

    // The dataset's name, so that a person knows the run again, and letters by chance and no count: an id that came again
    // would take a deleted run's looks at test images for its own.
    private async Task<string> ChooseIdAsync(string dataset, CancellationToken cancellation)
    {
        var name = NoIdLetters().Replace(dataset, "-").Trim('-');
        if (name.Length > LongestDatasetInId) name = name[..LongestDatasetInId].TrimEnd('-');
        while (true)
        {
            var letters = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", ChosenLetters);
            var id = name.Length == 0 ? letters : $"{name}-{letters}";
            if (await store.FindAsync(id, cancellation) is null) return id;
        }
    }

    private async Task<RunView> SameAsync(RunView standing, V1.RunSettings asked, RunFiling filing, V1.BranchPoint? from)
    {
        var branch = standing.State.Branch;
        if (from is not null && (branch?.RunId != from.RunId || (from.HasStep && branch.Step != from.Step)))
            throw RefusedException.Exists(
                $"Run '{standing.State.RunId}' exists and branches off from "
                    + $"{(branch is null ? "no run" : $"step {branch.Step} of '{branch.RunId}'")}; choose another run_id.");
        if (!SettingsMessages.Agree(asked, standing.State.Settings))
            throw RefusedException.Exists(
                $"Run '{standing.State.RunId}' exists with other settings (dataset '{standing.State.Settings.Dataset}', preset "
                    + $"'{standing.State.Settings.Preset}', seed {standing.State.Settings.Seed}); choose another run_id.");
        if (filing.DisplayName.Length > 0 && filing.DisplayName != standing.State.DisplayName)
            throw RefusedException.Exists(
                $"Run '{standing.State.RunId}' exists under another display name ('{standing.State.DisplayName}'); leave it out, or "
                    + "choose another run_id.");
        if (filing.Labels.Count > 0 && !standing.State.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)
            .SequenceEqual(filing.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)))
            throw RefusedException.Exists(
                $"Run '{standing.State.RunId}' exists with other labels ({RunLabels.Say(standing.State.Labels)}); leave them "
                    + "out, or choose another run_id.");
        // Whoever asks again wants it to go on; where somebody works on it already, this changes nothing.
        if (standing.State.IsRunning) await workers.TakeUpAsync(standing.State.RunId, again: false);
        return standing;
    }

    [GeneratedRegex(@"[^A-Za-z0-9]+")]
    private static partial Regex NoIdLetters();
}
