using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Runs;
using Ipo.Tests.Optimization.Facts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed partial class RunHostTests
{
    [Fact]
    public async Task A_few_runs_work_at_once_and_further_ones_wait_for_their_turn()
    {
        var gate = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, options: set => set.ParallelRuns = 2);
        await lab.RegisterAsync("tiny");
        foreach (var id in new[] { "one", "two", "three" }) await CreateAsync(lab, id);
        await OrchestratorLab.UntilAsync(() => _fakes.PromptGen.Requests.Count == 2);

        Assert.Equal("waiting for its turn", (await lab.Book.GetAsync("three", Cancellation)).Activity);
        var listed = await lab.Client.Runs.ListRunsAsync(new() { States = { V1.RunState.Queued } }, cancellationToken: Cancellation);
        Assert.Equal(("three", V1.RunState.Queued), (Assert.Single(listed.Runs).RunId, listed.Runs[0].State));
        Assert.Equal(V1.RunState.Running, (await lab.Client.Runs.GetRunAsync(new() { RunId = "one" }, cancellationToken: Cancellation)).Run.State);
        Assert.Equal("step 1 of 3: asking for candidates", (await lab.Book.GetAsync("one", Cancellation)).Activity);
        gate.SetResult();
        foreach (var id in new[] { "one", "two", "three" }) Assert.Equal(RunStatus.Completed, (await lab.EndAsync(id)).Status);
    }

    [Fact]
    public async Task A_tenants_many_runs_do_not_keep_anothers_one_waiting()
    {
        var gate = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, options: set => set.ParallelRuns = 1);
        await lab.RegisterAsync("tiny");
        await CreateAsync(lab, "one");
        await OrchestratorLab.UntilAsync(() => _fakes.PromptGen.Requests.Count == 1);
        var (journal, host) = (lab.Services.GetRequiredService<IRunJournal>(), lab.Services.GetRequiredService<RunHost>());
        // Neither tenant has the dataset: each run fails as soon as it has its turn.
        (string Tenant, string Run)[] runs = [("many", "first"), ("many", "second"), ("many", "third"), ("few", "only")];
        foreach (var (tenant, run) in runs)
            using (Tenant.Enter(tenant))
            {
                await journal.AppendAsync(run, 0, [new RunCreated(Events.At, run, Events.Settings)], Cancellation);
                host.Enqueue(run);
            }
        gate.SetResult();
        await lab.EndAsync("one");

        var ended = new List<(string Run, DateTimeOffset At)>();
        foreach (var (tenant, run) in runs)
            using (Tenant.Enter(tenant))
            {
                await lab.EndAsync(run);
                ended.Add((run, (await journal.ReadAsync(run, 0, Cancellation)).OfType<RunFailed>().Single().At));
            }
        Assert.Equal(["first", "only", "second", "third"], ended.OrderBy(one => one.At).Select(one => one.Run));
    }
}
