using Ipo.Optimization.Candidates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Actions;

/// <summary>
/// Ask the proposer, all calls at once; for each append <see cref="ProposalRequested"/> before the call and
/// <see cref="ProposalAnswered"/> or <see cref="ProposalFailed"/> after it.
/// </summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Calls">The calls; they differ in their seed alone.</param>
/// <param name="Instruction">The whole instruction.</param>
/// <param name="Memory">What the instruction shows of the past, worst first.</param>
/// <param name="Descriptions">The descriptions behind what the instruction shows, one for each image.</param>
/// <param name="CandidateCount">Candidates that each call asks for.</param>
/// <param name="Proposer">Who is asked; calls to others of the same step come in actions of their own.</param>
public sealed record Propose(
    int Step,
    IReadOnlyList<ProposalCall> Calls,
    string Instruction,
    IReadOnlyList<ScoredPrompt> Memory,
    IReadOnlyList<string> Descriptions,
    int CandidateCount,
    ProviderFacts Proposer) : RunAction;

/// <summary>One call to the proposer.</summary>
/// <param name="Call">Its place in the step, from 0.</param>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="Seed">Its seed, the same at every attempt.</param>
/// <param name="NotBefore">When it may be made.</param>
public sealed record ProposalCall(int Call, int Attempt, long Seed, DateTimeOffset NotBefore);

/// <summary>Score templates on the search images; append, as one, a <see cref="TemplateRefused"/> for each refused
/// text, a <see cref="TemplateScored"/> (or, where the scorer cannot, a refusal as
/// <see cref="RefusalReason.Unscorable"/>) for each template in order and, from step 1, <see cref="StepCompleted"/>.
/// </summary>
/// <param name="Step">The step; 0 for the baseline.</param>
/// <param name="Templates">The templates; none where a step brought nothing new.</param>
/// <param name="Refused">What the answers held besides.</param>
/// <param name="Detail">What to keep of single images.</param>
public sealed record ScoreTemplates(
    int Step,
    IReadOnlyList<PromptTemplate> Templates,
    IReadOnlyList<RefusedText> Refused,
    OutcomeDetail Detail = OutcomeDetail.None) : RunAction;

/// <summary>Find what a template confuses on the search images; append <see cref="ConfusionsFound"/>.</summary>
public sealed record FindConfusions(PromptTemplate Template) : RunAction;

/// <summary>The search is over; append <see cref="SearchEnded"/>.</summary>
public sealed record EndSearch(StopReason Reason, PromptTemplate Winner) : RunAction;
