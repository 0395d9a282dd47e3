using System.Security.Cryptography;
using System.Text;
using Ipo.Optimization.Actions;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Loop;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Journal;

namespace Ipo.Orchestrator.Runs;

/// <summary>Does what <see cref="Planner.Next"/> says until there is nothing to do. It awaits and is not
/// clever.</summary>
internal sealed class RunLoop(
    Preparation preparation, SearchScoring scoring, DescriptionChoosing choosing, DuplicateSearch duplicates, ProviderClient providers,
    TestAccessLog access, TimeProvider clock)
{
    /// <summary>Works on a run until it is final or failed.</summary>
    /// <exception cref="RefusedException">The run cannot go on as things are.</exception>
    /// <exception cref="JournalConflictException">Somebody else wrote to the run.</exception>
    public async Task RunAsync(ActiveRun run, RunTrace trace)
    {
        while (true)
        {
            run.Free.ThrowIfCancellationRequested();
            var action = Planner.Next(run.State);
            trace.Enter(Phase(action));
            if (run.State.Prepared is { } prepared && run.State.IsRunning)
                run.Dataset ??= await preparation.ConfirmAsync(run.State, prepared, run.Retry, run.Free);
            switch (action)
            {
                case Nothing: return;
                case Prepare: await run.WriteAsync(await preparation.PrepareAsync(run)); break;
                case EmbedImages: await run.WriteAsync(await scoring.EmbedAsync(run)); break;
                case ChooseImages choose: await run.WriteAsync(await choosing.ChooseImagesAsync(run, choose)); break;
                case DescribeImages describe: await Task.WhenAll(describe.Calls.Select(call => DescribeAsync(run, call))); break;
                case ChooseDescriptions choose: await run.WriteAsync(await choosing.ChooseDescriptionsAsync(run, choose)); break;
                case Propose propose: await Task.WhenAll(propose.Calls.Select(call => ProposeAsync(run, propose, call))); break;
                case FindConfusions find: await run.WriteAsync(await scoring.FindConfusionsAsync(run, find)); break;
                case ScoreTemplates score: await run.WriteAsync(await scoring.ScoreAsync(run, score)); break;
                case EndSearch end: await run.WriteAsync(new SearchEnded(clock.GetUtcNow(), end.Reason, end.Winner.Text)); break;
                case ChooseWinner choose: await run.WriteAsync(new WinnerChosen(clock.GetUtcNow(), choose.Winner.Text)); break;
                case OpenTest:
                    await run.WriteAsync(
                    new TestOpened(clock.GetUtcNow(), access.CountBefore(run.Dataset!.Digest, run.State.RunId))); break;
                case Evaluate evaluate: await EvaluateAsync(run, evaluate); break;
                case FindDuplicates: await run.WriteAsync(await duplicates.FindAsync(run)); break;
                case Pause: await run.WriteAsync(new RunPaused(clock.GetUtcNow())); break;
                case Complete: await run.WriteAsync(new RunCompleted(clock.GetUtcNow())); break;
                case Fail fail: await run.WriteAsync(new RunFailed(clock.GetUtcNow(), RunFaultSentences.Of(fail.Fault))); break;
                default: throw new InvalidOperationException($"The loop does not know {action.GetType().Name}.");
            }
        }
    }

    private async Task EvaluateAsync(ActiveRun run, Evaluate evaluate)
    {
        if (evaluate.Evaluations.Any(one => one.Part.IsTest())) access.Record(run.Dataset!.Digest, run.State.RunId);
        await foreach (var evaluated in scoring.EvaluateAsync(run, evaluate)) await run.WriteAsync(evaluated);
    }

    private async Task DescribeAsync(ActiveRun run, DescriptionCall call)
    {
        var (dataset, prepared) = (run.Dataset!, run.State.Prepared!);
        await UntilAsync(call.NotBefore, run);
        var image = dataset.TrainingImage(call.Image.Sha256);
        var content = await new ImageFiles(dataset).ReadAsync(image, run.Free);
        run.Free.ThrowIfCancellationRequested();
        var wanted = ImagesToDescribe.Of(run.State.Settings, prepared).Count;
        run.Report("describing images", (double)run.State.Descriptions.Count / wanted);

        await run.WriteAsync(new DescriptionRequested(clock.GetUtcNow(), call.Image.Sha256, call.Attempt));
        string[] others = [.. prepared.ClassNames.Where((_, label) => label != image.Label), .. prepared.NovelClassNames];
        await run.WriteAsync(await providers.DescribeAsync(
            run.State, call.Image.Sha256, content, prepared.ClassNames[image.Label], others, run.Retry, run.Paid));
    }

    private async Task ProposeAsync(ActiveRun run, Propose propose, ProposalCall call)
    {
        await UntilAsync(call.NotBefore, run);
        run.Free.ThrowIfCancellationRequested();
        run.Report($"step {propose.Step} of {run.State.Settings.Steps}: asking for candidates", Done(run.State));

        await run.WriteAsync(new ProposalRequested(clock.GetUtcNow(), propose.Step, call.Call, call.Attempt, Digest(propose.Instruction)));
        await run.WriteAsync(await providers.ProposeAsync(run.State, run.State.Prepared!, propose, call, run.Retry, run.Paid));
    }

    private async Task UntilAsync(DateTimeOffset time, ActiveRun run)
    {
        // A clock that was set back since the call failed does not lengthen the wait.
        var now = clock.GetUtcNow();
        var wait = time - (now < run.State.UpdatedAt ? run.State.UpdatedAt : now);
        if (wait <= TimeSpan.Zero) return;
        run.Report($"waiting {Math.Ceiling(wait.TotalSeconds):0} s before asking a provider again", Done(run.State));
        await Task.Delay(wait, clock, run.Free);
    }

    /// <summary>How an instruction stands in the journal.</summary>
    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static double Done(RunState run) => (double)run.StepsCompleted / run.Settings.Steps;

    private static string Phase(RunAction action) => action switch
    {
        Prepare or EmbedImages => "prepare",
        ChooseImages or DescribeImages or ChooseDescriptions => "describe",
        Propose propose => $"step {propose.Step}",
        FindConfusions => "confusions",
        ScoreTemplates { Step: 0 } => "baseline",
        ScoreTemplates score => $"step {score.Step}",
        ChooseWinner or OpenTest or Evaluate or FindDuplicates => "evaluate",
        _ => "end",
    };
}
