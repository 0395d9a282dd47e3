using System.Text.Json.Serialization;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Facts;

/// <summary>
/// A fact of a run, as its journal keeps it. The type names are the stored ones: add events and optional members,
/// never rename or remove.
/// </summary>
/// <param name="At">When it happened.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunCreated), "run-created")]
[JsonDerivedType(typeof(RunPickedUp), "run-picked-up")]
[JsonDerivedType(typeof(RunPrepared), "run-prepared")]
[JsonDerivedType(typeof(ImagesEmbedded), "images-embedded")]
[JsonDerivedType(typeof(ImagesChosen), "images-chosen")]
[JsonDerivedType(typeof(DescriptionRequested), "description-requested")]
[JsonDerivedType(typeof(DescriptionReceived), "description-received")]
[JsonDerivedType(typeof(DescriptionFailed), "description-failed")]
[JsonDerivedType(typeof(DescriptionsChosen), "descriptions-chosen")]
[JsonDerivedType(typeof(ProposalRequested), "proposal-requested")]
[JsonDerivedType(typeof(ProposalAnswered), "proposal-answered")]
[JsonDerivedType(typeof(ProposalFailed), "proposal-failed")]
[JsonDerivedType(typeof(TemplateScored), "template-scored")]
[JsonDerivedType(typeof(TemplateRefused), "template-refused")]
[JsonDerivedType(typeof(StepCompleted), "step-completed")]
[JsonDerivedType(typeof(ConfusionsFound), "confusions-found")]
[JsonDerivedType(typeof(SearchEnded), "search-ended")]
[JsonDerivedType(typeof(TemplateEvaluated), "template-evaluated")]
[JsonDerivedType(typeof(StopRequested), "stop-requested")]
[JsonDerivedType(typeof(WinnerChosen), "winner-chosen")]
[JsonDerivedType(typeof(TestOpened), "test-opened")]
[JsonDerivedType(typeof(DuplicatesFound), "duplicates-found")]
[JsonDerivedType(typeof(RunCompleted), "run-completed")]
[JsonDerivedType(typeof(RunFailed), "run-failed")]
[JsonDerivedType(typeof(RunResumed), "run-resumed")]
[JsonDerivedType(typeof(RunCancelled), "run-cancelled")]
public abstract record RunEvent(DateTimeOffset At);

/// <summary>A person asked for the run.</summary>
public sealed record RunCreated(DateTimeOffset At, string RunId, RunSettings Settings) : RunEvent(At);

/// <summary>A host took the run up, at first or after a restart; the time between hosts is not running time.</summary>
public sealed record RunPickedUp(DateTimeOffset At) : RunEvent(At);

/// <summary>What the run works on and with was fixed; a later difference fails the run instead of mixing facts.</summary>
/// <param name="At">When it happened.</param>
/// <param name="DatasetDigest">Digest of the dataset as it stood.</param>
/// <param name="ClassNames">Names of the classes searched on, in label order.</param>
/// <param name="NovelClassNames">Names of the novel classes; empty where all are searched on.</param>
/// <param name="SearchImages">The search images, in scoring order.</param>
/// <param name="Parts">The parts of the dataset that hold images.</param>
/// <param name="HandWrittenTemplate">The dataset's own template, evaluated beside the baseline and never shown; null for none.</param>
/// <param name="Model">The checkpoint.</param>
/// <param name="Proposer">The proposer and its model.</param>
/// <param name="Captioner">The captioner and its model; null without descriptions.</param>
public sealed record RunPrepared(
    DateTimeOffset At,
    string DatasetDigest,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<string> NovelClassNames,
    IReadOnlyList<SearchImage> SearchImages,
    IReadOnlyList<DatasetPart> Parts,
    string? HandWrittenTemplate,
    ModelFacts Model,
    ProviderFacts Proposer,
    ProviderFacts? Captioner) : RunEvent(At)
{
    /// <summary>All proposers where several share the run, <see cref="Proposer"/> first; null where it is the only one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProviderFacts>? Mix { get; init; }

    /// <summary>All proposers.</summary>
    [JsonIgnore]
    public IReadOnlyList<ProviderFacts> Proposers => Mix ?? [Proposer];

    /// <summary>
    /// Whose turn a call is. Calls are dealt in turn, and on from step to step: a step may have fewer calls than the run has
    /// proposers.
    /// </summary>
    public ProviderFacts ProposerOf(int step, int call, int callsPerStep) =>
        Proposers[(int)((((long)(step - 1) * callsPerStep) + call) % Proposers.Count)];
}

/// <summary>The search images' embeddings are known to the scorer.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Cached">Images whose embedding was cached.</param>
/// <param name="Encoded">Images that had to be encoded.</param>
public sealed record ImagesEmbedded(DateTimeOffset At, int Cached, int Encoded) : RunEvent(At);

/// <summary>The images that are described, where there are more than a run describes.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Images">Their digests, in the order of the choice.</param>
public sealed record ImagesChosen(DateTimeOffset At, IReadOnlyList<string> Images) : RunEvent(At);

/// <summary>Intent: a description is about to be asked for.</summary>
public sealed record DescriptionRequested(DateTimeOffset At, string Image, int Attempt) : RunEvent(At);

/// <summary>A description came.</summary>
public sealed record DescriptionReceived(
    DateTimeOffset At, string Image, string Description, bool Cached, CallUsage Usage, string Model) : RunEvent(At)
{
    /// <summary>Class names that the captioner took out of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int NamesReplaced { get; init; }
}

/// <summary>The captioner's provider failed.</summary>
public sealed record DescriptionFailed(DateTimeOffset At, string Image, CallFailure Failure, CallUsage Usage) : RunEvent(At);

/// <summary>What instructions show of the descriptions, where they have a token budget.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Shown">The descriptions shown, in this order.</param>
/// <param name="Flagged">Those left out because something is wrong with them.</param>
public sealed record DescriptionsChosen(
    DateTimeOffset At, IReadOnlyList<ShownDescription> Shown, IReadOnlyList<FlaggedDescription> Flagged) : RunEvent(At);

/// <summary>Intent: candidates are about to be asked for.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Step">The step, from 1.</param>
/// <param name="Call">The call within the step, from 0.</param>
/// <param name="Attempt">The attempt at this call, from 1.</param>
/// <param name="InstructionDigest">SHA-256 of the instruction, 64 hexadecimal digits; equal on every attempt and every machine.</param>
public sealed record ProposalRequested(DateTimeOffset At, int Step, int Call, int Attempt, string InstructionDigest) : RunEvent(At);

/// <summary>The proposer's answer, as it came, before anything is made of it.</summary>
public sealed record ProposalAnswered(
    DateTimeOffset At, int Step, int Call, string Answer, CallUsage Usage, string Model) : RunEvent(At);

/// <summary>The proposer's provider failed.</summary>
public sealed record ProposalFailed(DateTimeOffset At, int Step, int Call, CallFailure Failure, CallUsage Usage) : RunEvent(At);

/// <summary>A template was scored on the search images.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Step">The step that proposed it; 0 for the baseline.</param>
/// <param name="Template">The template.</param>
/// <param name="Accuracy">Accuracy in 0..1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="Correct">One '1' or '0' per search image; null where the preset keeps no outcomes.</param>
/// <param name="Losses">Cross-entropy of each search image; kept where they are few enough to choose by it.</param>
public sealed record TemplateScored(
    DateTimeOffset At,
    int Step,
    string Template,
    double Accuracy,
    double Loss,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Correct = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<float>? Losses = null) : RunEvent(At);

/// <summary>A proposal was refused.</summary>
public sealed record TemplateRefused(DateTimeOffset At, int Step, string Text, RefusalReason Reason, string Message) : RunEvent(At);

/// <summary>All proposals of a step are scored or refused.</summary>
public sealed record StepCompleted(DateTimeOffset At, int Step) : RunEvent(At);

/// <summary>What a template confuses on the search images, where a proposer is shown it.</summary>
public sealed record ConfusionsFound(DateTimeOffset At, string Template, IReadOnlyList<ConfusedPair> Pairs) : RunEvent(At);

/// <summary>A person wants the search to end and what it found to be proved.</summary>
public sealed record StopRequested(DateTimeOffset At) : RunEvent(At);

/// <summary>The search is over; what follows is proof.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Winner">The best on the search images; the run's winner, unless held-out images choose it.</param>
public sealed record SearchEnded(DateTimeOffset At, StopReason Reason, string Winner) : RunEvent(At);

/// <summary>Held-out images, or folds of the search images, chose the run's winner. Nothing can change it any more.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Winner">The template, or the templates of an ensemble, one on each line.</param>
public sealed record WinnerChosen(DateTimeOffset At, string Winner) : RunEvent(At);

/// <summary>The run looks at test images from here on; it stands before the first outcome.</summary>
/// <param name="At">When it happened.</param>
/// <param name="EarlierLooks">How often anybody had looked at these test images before: other runs, and templates scored by hand.</param>
public sealed record TestOpened(DateTimeOffset At, int EarlierLooks) : RunEvent(At);

/// <summary>Images that held-out parts share with parts before them, by their embeddings.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Images">How many images of later parts look like one of an earlier part.</param>
/// <param name="Nearest">The most similar pairs, the most similar first; not all where there are many.</param>
public sealed record DuplicatesFound(DateTimeOffset At, int Images, IReadOnlyList<DuplicatePair> Nearest) : RunEvent(At);

/// <summary>A template was evaluated on a part of the dataset for the report.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Template">The template, or the templates of an ensemble, one on each line.</param>
/// <param name="Part">The part.</param>
/// <param name="Accuracy">Accuracy in 0..1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="ClassImages">Images per class in label order.</param>
/// <param name="ClassCorrect">Images of each class classified rightly.</param>
/// <param name="Correct">One character per image in the part's order: '1' where it was classified rightly, else '0'.</param>
/// <param name="Losses">Cross-entropy of each image in nats; null where it is not needed.</param>
/// <param name="Predicted">Class that each image was taken for; null where it is not needed.</param>
/// <param name="CalibrationError">Expected calibration error in 0..1; null where the scorer did not say how sure it was.</param>
/// <param name="Tokens">Tokens of the longest prompt, summed over the templates of an ensemble; null where the scorer did not say.</param>
public sealed record TemplateEvaluated(
    DateTimeOffset At,
    string Template,
    DatasetPart Part,
    double Accuracy,
    double Loss,
    IReadOnlyList<int> ClassImages,
    IReadOnlyList<int> ClassCorrect,
    string Correct,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<float>? Losses = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Predicted = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? CalibrationError = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Tokens = null) : RunEvent(At);

/// <summary>The run is final and has a report.</summary>
public sealed record RunCompleted(DateTimeOffset At) : RunEvent(At);

/// <summary>The run cannot go on by itself.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Reason">What went wrong and how to mend it, as one sentence.</param>
public sealed record RunFailed(DateTimeOffset At, string Reason) : RunEvent(At);

/// <summary>A person let a failed run go on.</summary>
public sealed record RunResumed(DateTimeOffset At) : RunEvent(At);

/// <summary>A person stopped the run for good.</summary>
public sealed record RunCancelled(DateTimeOffset At) : RunEvent(At);

/// <summary>A search image: its SHA-256 as 64 hexadecimal digits and the index of its class.</summary>
public sealed record SearchImage(string Sha256, int Label);

/// <summary>A description as instructions show it.</summary>
/// <param name="Image">Digest of the image whose description it is.</param>
/// <param name="Alike">Digests of further images that it stands for, because their descriptions are nearly the same.</param>
public sealed record ShownDescription(string Image, IReadOnlyList<string> Alike);

/// <summary>A description that is not shown because something is wrong with it.</summary>
/// <param name="Image">Digest of the image.</param>
/// <param name="Flag">What is wrong.</param>
/// <param name="Similarity">Cosine of description and image.</param>
/// <param name="Score">How far that is from its peers', as a modified z-score; negative is below.</param>
/// <param name="ClassName">The class it names; null for none.</param>
public sealed record FlaggedDescription(
    string Image,
    DescriptionFlag Flag,
    double Similarity,
    double Score,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ClassName = null);

/// <summary>What is wrong with a description. Names are stored in journals: add, never rename.</summary>
public enum DescriptionFlag
{
    /// <summary>It is much less like its image than other descriptions are like theirs.</summary>
    DoesNotFit,

    /// <summary>It names a class.</summary>
    NamesAClass,
}

/// <summary>Two images of different parts that look the same.</summary>
/// <param name="Image">Digest of the one.</param>
/// <param name="Part">Its part.</param>
/// <param name="Other">Digest of the one it looks like.</param>
/// <param name="OtherPart">The part of that one, which comes before.</param>
/// <param name="Cosine">Cosine of their embeddings.</param>
public sealed record DuplicatePair(string Image, DatasetPart Part, string Other, DatasetPart OtherPart, double Cosine);

/// <summary>The checkpoint that scores.</summary>
public sealed record ModelFacts(
    string Name, string Digest, string ExecutionProvider, string Precision, string PreprocessingVersion, double LogitScale);

/// <summary>A provider and the model it was configured with; paid ones are counted against the budget's calls.</summary>
public sealed record ProviderFacts(string Name, string Model, bool Paid);

/// <summary>What one call consumed.</summary>
/// <param name="InputTokens">Tokens of the request.</param>
/// <param name="OutputTokens">Tokens of the answer.</param>
/// <param name="CostMicroUsd">Money in millionths of a US dollar.</param>
/// <param name="Latency">Time to the end of the answer.</param>
public sealed record CallUsage(long InputTokens, long OutputTokens, long CostMicroUsd, TimeSpan Latency)
{
    /// <summary>Nothing.</summary>
    public static CallUsage None { get; } = new(0, 0, 0, TimeSpan.Zero);
}

/// <summary>How a provider's call failed.</summary>
/// <param name="Kind">The kind, which reports count.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="RetryAfter">How long the provider asked to wait; null where it did not say.</param>
public sealed record CallFailure(FailureKind Kind, string Message, TimeSpan? RetryAfter);

/// <summary>Kinds of failed calls. Names are stored in journals: add, never rename.</summary>
public enum FailureKind
{
    /// <summary>HTTP 429.</summary>
    RateLimited,

    /// <summary>HTTP 5xx, or the connection broke.</summary>
    Unavailable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The key was refused, or its account is out of credit.</summary>
    Unauthorized,

    /// <summary>The request was refused.</summary>
    Rejected,

    /// <summary>An answer without text.</summary>
    Empty,

    /// <summary>An answer that is not what the protocol promises.</summary>
    Malformed,

    /// <summary>The host stopped while the call was in flight; whether it was paid is unknown, so it counts as a call.</summary>
    Interrupted,

    /// <summary>A service of ours has a fault of its own; asking again may meet it again.</summary>
    Faulted,
}

/// <summary>Why a search ended.</summary>
public enum StopReason
{
    /// <summary>All steps were done.</summary>
    StepsDone,

    /// <summary>The next call could exceed the budget's calls.</summary>
    CallsSpent,

    /// <summary>The budget's tokens are spent.</summary>
    TokensSpent,

    /// <summary>The budget's money is spent.</summary>
    MoneySpent,

    /// <summary>The budget's time is spent.</summary>
    TimeSpent,

    /// <summary>No better template came for as many steps as the settings wait.</summary>
    Plateau,

    /// <summary>Every search image is classified rightly and with certainty.</summary>
    Perfect,

    /// <summary>A person asked for it.</summary>
    Requested,
}

/// <summary>A part of a dataset that templates are evaluated on.</summary>
public enum DatasetPart
{
    /// <summary>The search images.</summary>
    Search,

    /// <summary>The validation split, classes searched on.</summary>
    Validation,

    /// <summary>The test split, classes searched on.</summary>
    TestBase,

    /// <summary>The test split, novel classes.</summary>
    TestNovel,

    /// <summary>The choosing images of every other class searched on, from the first; told apart among these classes alone.</summary>
    EvenClasses,

    /// <summary>The choosing images of the classes between them.</summary>
    OddClasses,
}
