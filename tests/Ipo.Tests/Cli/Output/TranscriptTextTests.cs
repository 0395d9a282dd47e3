using Ipo.Cli.Output;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Output;

public class TranscriptTextTests
{
    [Fact]
    public void An_instruction_that_calls_share_stands_there_once() => Assert.Equal(
        [
            "== Step 3, told to ipo", "Propose.", "== Call 1, attempt 1: failed, rate-limited", "Slow down.",
            "== Call 1, attempt 2: answered by gpt", "<INS>a <CLASS></INS>", "== Call 2, attempt 1: no answer yet",
            "== Step 3, told to the proposer", "(not known: another version of Ipo wrote it)", "== Call 3, attempt 1: no answer yet",
        ],
        TranscriptText.Lines(new()
        {
            Step = 3,
            Proposals =
            {
                new ProposalTranscript { Attempt = 1, Proposer = "ipo", Instruction = "Propose.", Failure = new() { Kind = FailureKind.RateLimited, Message = "Slow down." } },
                new ProposalTranscript { Attempt = 2, Proposer = "ipo", Instruction = "Propose.", Model = "gpt", Answer = "<INS>a <CLASS></INS>" },
                new ProposalTranscript { Call = 1, Attempt = 1, Proposer = "ipo", Instruction = "Propose." },
                new ProposalTranscript { Call = 2, Attempt = 1 },
            },
        }));
}
