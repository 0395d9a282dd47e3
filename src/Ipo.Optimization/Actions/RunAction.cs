using Ipo.Optimization.Candidates;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Actions;

/// <summary>What a run's host has to do next. It does it, appends what came of it, and asks again.</summary>
public abstract record RunAction;

/// <summary>Fix the dataset, checkpoint and providers; append <see cref="RunPrepared"/>.</summary>
public sealed record Prepare : RunAction;

/// <summary>Make the scorer know every search image; append <see cref="ImagesEmbedded"/>.</summary>
public sealed record EmbedImages : RunAction;

/// <summary>
/// Score templates on the search images; append, as one, a <see cref="TemplateRefused"/> for each refused text, a
/// <see cref="TemplateScored"/> (or, where the scorer cannot, a refusal as <see cref="RefusalReason.Unscorable"/>) for each
/// template in order and, from step 1, <see cref="StepCompleted"/>.
/// </summary>
/// <param name="Step">The step; 0 for the baseline.</param>
/// <param name="Templates">The templates; none where a step brought nothing new.</param>
/// <param name="Refused">What the answers held besides.</param>
/// <param name="Detail">What to keep of single images.</param>
public sealed record ScoreTemplates(
    int Step, IReadOnlyList<PromptTemplate> Templates, IReadOnlyList<RefusedText> Refused, OutcomeDetail Detail = OutcomeDetail.None) : RunAction;

/// <summary>What is kept of the single images behind a score.</summary>
public enum OutcomeDetail
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Whether each was classified rightly.</summary>
    Correct,

    /// <summary>That, and its loss.</summary>
    Losses,

    /// <summary>That, and the class it was taken for.</summary>
    Predictions,
}

/// <summary>Choose which images are described, by <see cref="ImageSelection.Choose"/>; append <see cref="ImagesChosen"/>.</summary>
/// <param name="Pool">The images whose embeddings the choice looks at.</param>
/// <param name="Count">How many are described.</param>
public sealed record ChooseImages(IReadOnlyList<SearchImage> Pool, int Count) : RunAction;

/// <summary>
/// Describe images, all at once; for each append <see cref="DescriptionRequested"/> before the call and
/// <see cref="DescriptionReceived"/> or <see cref="DescriptionFailed"/> after it.
/// </summary>
public sealed record DescribeImages(IReadOnlyList<DescriptionCall> Calls) : RunAction;

/// <summary>
/// Find how similar each description is to its image and decide by <see cref="DescriptionChoice.Of"/> what is shown; append
/// <see cref="DescriptionsChosen"/>.
/// </summary>
/// <param name="Described">The images that have a description.</param>
public sealed record ChooseDescriptions(IReadOnlyList<SearchImage> Described) : RunAction;

/// <summary>One image to describe.</summary>
/// <param name="Image">The image.</param>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="NotBefore">When the call may be made.</param>
public sealed record DescriptionCall(SearchImage Image, int Attempt, DateTimeOffset NotBefore);

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

/// <summary>Find what a template confuses on the search images; append <see cref="ConfusionsFound"/>.</summary>
public sealed record FindConfusions(PromptTemplate Template) : RunAction;

/// <summary>One call to the proposer.</summary>
/// <param name="Call">Its place in the step, from 0.</param>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="Seed">Its seed, the same at every attempt.</param>
/// <param name="NotBefore">When it may be made.</param>
public sealed record ProposalCall(int Call, int Attempt, long Seed, DateTimeOffset NotBefore);

/// <summary>The search is over; append <see cref="SearchEnded"/>.</summary>
public sealed record EndSearch(StopReason Reason, PromptTemplate Winner) : RunAction;

/// <summary>
/// Score a template, or several as one classifier, on a part of the dataset for the report; append <see cref="TemplateEvaluated"/>, or
/// <see cref="TemplateRefused"/> with step 0 where the scorer cannot.
/// </summary>
/// <param name="Template">The template.</param>
/// <param name="Part">The part.</param>
/// <param name="Detail">What to keep of single images; whether each was classified rightly always is.</param>
public sealed record Evaluate(PromptSet Template, DatasetPart Part, OutcomeDetail Detail = OutcomeDetail.Correct) : RunAction;

/// <summary>The winner is known; append <see cref="WinnerChosen"/>.</summary>
public sealed record ChooseWinner(PromptSet Winner) : RunAction;

/// <summary>Count earlier looks at the test images and append <see cref="TestOpened"/>.</summary>
public sealed record OpenTest : RunAction;

/// <summary>Find images that parts share, by <see cref="DuplicateImages"/>; append <see cref="DuplicatesFound"/>.</summary>
public sealed record FindDuplicates : RunAction;

/// <summary>Append <see cref="RunCompleted"/>.</summary>
public sealed record Complete : RunAction;

/// <summary>Append <see cref="RunFailed"/>.</summary>
public sealed record Fail(string Reason) : RunAction;

/// <summary>Nothing: the run is final, or failed and waits for a person.</summary>
public sealed record Nothing : RunAction;
