using Ipo.Optimization.Actions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Loop;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Journal;

namespace Ipo.Orchestrator.Runs;

/// <summary>What the proposers of a run were told, and what they answered, word for word. The journal keeps answers; an
/// instruction is written again from the state that it was written from, and its digest says whether it is the
/// same.</summary>
internal sealed class ProposalTranscripts(RunStore store, IRunJournal journal)
{
    /// <summary>The calls of one step.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The step, from 1; 0 for the newest one whose proposer was asked.</param>
    /// <exception cref="RefusedException">There is no such run or step.</exception>
    public async Task<V1.GetProposalsResponse> GetAsync(string runId, int step, CancellationToken cancellation)
    {
        await store.GetAsync(runId, cancellation);
        var events = await journal.ReadAsync(runId, 0, cancellation);
        var newest = events.OfType<ProposalRequested>().LastOrDefault()?.Step ?? 0;
        if (newest == 0) throw RefusedException.Forbidden($"Run '{runId}' has asked no proposer yet.");
        if (step < 0 || step > newest)
            throw RefusedException.InvalidField("step", $"is {step}; give 1 to {newest}, or 0 for the newest.");
        if (step == 0) step = newest;

        var response = new V1.GetProposalsResponse { Step = step };
        RunState? state = null;
        foreach (var happened in events)
        {
            if (happened is ProposalRequested requested && requested.Step == step)
                response.Proposals.Add(Asked(requested, state!));
            else if (happened is ProposalAnswered answered && answered.Step == step)
                (Last(response, answered.Call).Answer, Last(response, answered.Call).Model) = (answered.Answer, answered.Model);
            else if (happened is ProposalFailed failed && failed.Step == step)
                Last(response, failed.Call).Failure = new()
                {
                    Kind = EnumMapping<FailureKind, V1.FailureKind>.Of(failed.Failure.Kind),
                    Message = failed.Failure.Message,
                };
            state = state is null ? RunState.Fold([happened]) : state.Apply(happened);
        }
        return response;
    }

    private static V1.ProposalTranscript Asked(ProposalRequested requested, RunState before)
    {
        var transcript = new V1.ProposalTranscript { Call = requested.Call, Attempt = requested.Attempt };
        // Another version may write another instruction; one that is not what was sent is not shown as if it were.
        if (Planner.Next(before) is Propose propose && RunLoop.Digest(propose.Instruction) == requested.InstructionDigest)
            (transcript.Instruction, transcript.Proposer) = (propose.Instruction, propose.Proposer.Name);
        return transcript;
    }

    private static V1.ProposalTranscript Last(V1.GetProposalsResponse response, int call) =>
        response.Proposals.Last(transcript => transcript.Call == call);
}
