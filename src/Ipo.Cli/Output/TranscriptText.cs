using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>What proposers were told and answered, as a person reads it.</summary>
internal static class TranscriptText
{
    /// <summary>The calls of a step. An instruction that several calls share stands there once.</summary>
    public static IEnumerable<string> Lines(GetProposalsResponse step)
    {
        string? told = null;
        foreach (var call in step.Proposals)
        {
            if (call.Instruction != told)
            {
                yield return $"== Step {step.Step}, told to {(call.Proposer.Length > 0 ? call.Proposer : "the proposer")}";
                yield return call.Instruction.Length > 0 ? call.Instruction : "(not known: another version of Ipo wrote it)";
                told = call.Instruction;
            }
            yield return $"== Call {call.Call + 1}, attempt {call.Attempt}: "
                + call.OutcomeCase switch
                {
                    ProposalTranscript.OutcomeOneofCase.Answer => $"answered by {call.Model}",
                    ProposalTranscript.OutcomeOneofCase.Failure => $"failed, {Wording.Of(call.Failure.Kind)}",
                    _ => "no answer yet",
                };
            if (call.OutcomeCase is ProposalTranscript.OutcomeOneofCase.Answer) yield return call.Answer;
            if (call.OutcomeCase is ProposalTranscript.OutcomeOneofCase.Failure) yield return call.Failure.Message;
        }
    }
}
