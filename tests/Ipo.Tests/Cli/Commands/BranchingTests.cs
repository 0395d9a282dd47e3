using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Ipo.Tests.Orchestrator;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

/// <summary><c>ipo optimize --branch-from</c> against a real orchestrator.</summary>
public sealed class BranchingTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private FakeServices fakes = null!;
    private OrchestratorLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        fakes = await FakeServices.StartAsync();
        foreach (var name in (string[])["tiny", "other"]) TinyDataset.Write(folder, $"data/{name}");
        lab = await OrchestratorLab.StartAsync(folder, fakes, kestrel: true);
        foreach (var name in (string[])["tiny", "other"]) await lab.RegisterAsync(name);
        await lab.CreateAsync(new() { Dataset = "tiny", Preset = "robust", Steps = 3, Shots = 2, CandidatesPerStep = 4 }, "trunk");
        await lab.WatchAsync("trunk");
    }

    public async ValueTask DisposeAsync()
    {
        await lab.DisposeAsync();
        await fakes.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("--branch-from trunk --branch-step 2", 2)]
    [InlineData("--branch-from trunk --branch-step 0", 0)]
    [InlineData("--branch-from tru", 3)]
    [InlineData("--branch-from last", 3)]
    public async Task A_run_branches_off_after_a_step_or_after_the_newest(string options, int step)
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync([.. "optimize tiny --run-id branch --steps 1 --shots 2 --detach".Split(' '), .. options.Split(' ')]));
        var run = (await lab.WatchAsync("branch"))[^1];
        Assert.Equal((RunState.Completed, "trunk", step), (run.State, run.BranchedFrom.RunId, run.BranchedFrom.Step));
        var shown = Line();
        await shown.RunAsync("runs", "show", "branch");
        Assert.Contains($"step {step} of trunk", shown.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "tiny --branch-from trunk --branch-step 4", "ipo: --branch-step is 4; run 'trunk' has completed 3 steps, and it takes 0 to that.")]
    [InlineData(ExitCode.Usage, "tiny --branch-from trunk --branch-step -1", "ipo: --branch-step is -1; run 'trunk' has completed 3 steps")]
    [InlineData(ExitCode.Usage, "other --branch-from trunk", "ipo: --branch-from names a run on dataset 'tiny'; a branch stays on it, and this one is on 'other'.")]
    [InlineData(ExitCode.Error, "tiny --branch-from nothing", "ipo: No run id begins with 'nothing'; 'ipo runs' lists them.")]
    [InlineData(ExitCode.Error, "tiny --run-id trunk --branch-from trunk", "ipo: Run 'trunk' exists and branches off from no run; choose another run_id.")]
    public async Task What_it_cannot_branch_off_from_is_told_in_the_words_of_the_line(int code, string args, string words)
    {
        var line = Line();
        Assert.Equal(code, await line.RunAsync(["optimize", .. args.Split(' ')]));
        Assert.StartsWith(words, line.Complaint, StringComparison.Ordinal);
        Assert.Single((await lab.Client.Runs.ListRunsAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Runs);
    }

    [Fact]
    public async Task A_folder_is_not_registered_for_a_branch_from_nothing()
    {
        Assert.Equal(ExitCode.Error, await Line().RunAsync("optimize", Path.Combine(folder, "data", "other"), "--name", "third", "--branch-from", "nothing"));
        var datasets = (await lab.Client.Datasets.ListDatasetsAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Datasets;
        Assert.Equal(["other", "tiny"], datasets.Select(dataset => dataset.Name).Order());
    }

    [Theory]
    [InlineData("--branch-step 2", "--branch-step is a step of the run that --branch-from names; give that too.")]
    [InlineData("--branch-from trunk --branch-step two", "--branch-step does not take 'two'; it takes a whole number.")]
    [InlineData("--branch-from trunk --dry-run", "--dry-run starts no run, so it cannot be combined with --detach, --output, --run-id, --branch-from, ")]
    public async Task What_does_not_fit_together_is_told_before_anything_is_asked(string options, string words)
    {
        var line = new CommandLine();
        Assert.Equal(ExitCode.Usage, await line.RunAsync(["optimize", "tiny", .. options.Split(' ')]));
        Assert.Contains(words, line.Complaint, StringComparison.Ordinal);
    }

    private CommandLine Line() => new() { Environment = { ["IPO_SERVER"] = lab.Address } };
}
