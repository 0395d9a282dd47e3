using System.Collections.Immutable;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.State;

/// <summary>A run as its journal tells it: a pure fold over events (RunState.Fold.cs), nothing else.</summary>
public sealed partial record RunState
{
    private RunState(RunCreated created)
    {
        RunId = created.RunId;
        Settings = created.Settings;
        By = created.By;
        Branch = created.Branch;
        Labels = created.Labels?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? ImmutableSortedDictionary<string, string>.Empty;
        DisplayName = created.DisplayName ?? "";
        CreatedAt = UpdatedAt = created.At;
        Length = 1;
    }

    /// <summary>The run's id.</summary>
    public string RunId { get; }

    /// <summary>Its settings.</summary>
    public RunSettings Settings { get; }

    /// <summary>What it is filed under.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; }

    /// <summary>What a person calls it; empty where nobody does.</summary>
    public string DisplayName { get; }

    /// <summary>The name of who asked for it; null where nobody was asked for it.</summary>
    public string? By { get; }

    /// <summary>The run that it takes its first memory from; null for none.</summary>
    public BranchPoint? Branch { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When its last event happened.</summary>
    public DateTimeOffset UpdatedAt { get; private init; }

    /// <summary>Running time: from each pick-up to the last event before the next one.</summary>
    public TimeSpan Elapsed { get; private init; }

    /// <summary>Number of events.</summary>
    public long Length { get; private init; }

    /// <summary>Where it stands.</summary>
    public RunStatus Status { get; private init; }

    /// <summary>Whether it is neither final nor failed nor paused.</summary>
    public bool IsRunning => Status == RunStatus.Running;

    /// <summary>Why it failed; null otherwise.</summary>
    public string? FailureReason { get; private init; }

    /// <summary>What its journal lost last; null if nothing was missed.</summary>
    public LostTail? Lost { get; private init; }

    /// <summary>What it works on and with; null before it is known.</summary>
    public RunPrepared? Prepared { get; private init; }

    /// <summary>Whether the search images' embeddings are known.</summary>
    public bool Embedded { get; private init; }

    /// <summary>Descriptions by image.</summary>
    public ImmutableDictionary<string, string> Descriptions { get; private init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The images that are described; null where all are, or where it is not decided yet.</summary>
    public ImagesChosen? ImagesChosen { get; private init; }

    /// <summary>What instructions show of the descriptions; null before it is decided, and where all are shown as they
    /// are.</summary>
    public DescriptionsChosen? DescriptionsChosen { get; private init; }

    /// <summary>Descriptions by image, without those that are flagged.</summary>
    public ImmutableDictionary<string, string> FittingDescriptions =>
        DescriptionsChosen is { } chosen ? Descriptions.RemoveRange(chosen.Flagged.Select(flagged => flagged.Image)) : Descriptions;

    /// <summary>Images whose description named a class before the captioner took the name out.</summary>
    public ImmutableList<string> NamedClasses { get; private init; } = [];

    /// <summary>Every scored template, in the order of scoring: the trajectory.</summary>
    public ImmutableList<ScoredPrompt> Scored { get; private init; } = [];

    /// <summary>CLIP's generic prompt on the search images.</summary>
    public ScoredPrompt? Baseline => Scored.FirstOrDefault(prompt => prompt.Template.Identity == PromptTemplate.Baseline.Identity);

    /// <summary>The best template so far by the preset's rule.</summary>
    public ScoredPrompt? Best => ScoredPrompt.Best(Scored);

    /// <summary>Identities of everything tried, for refusing repetitions.</summary>
    public ImmutableHashSet<string> Tried { get; private init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Identities of what the scorer refused on some part of the dataset.</summary>
    internal ImmutableHashSet<string> Unscorable { get; private init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Steps that are complete.</summary>
    public int StepsCompleted { get; private init; }

    /// <summary>Raw answers of the step at work, by call.</summary>
    public ImmutableSortedDictionary<int, string> Answers { get; private init; } = ImmutableSortedDictionary<int, string>.Empty;

    /// <summary>Which proposer brought what.</summary>
    public ProposerCredits Credits { get; private init; } = ProposerCredits.None;

    /// <summary>What the best template of some step confuses; null where nobody is shown it.</summary>
    internal ConfusionsFound? ConfusionsFound { get; private init; }

    /// <summary>Proposals refused, by reason.</summary>
    public ImmutableSortedDictionary<RefusalReason, int> Refusals { get; private init; } =
        ImmutableSortedDictionary<RefusalReason, int>.Empty;

    /// <summary>The first proposal that was refused; null before.</summary>
    public TemplateRefused? FirstRefused { get; private init; }

    /// <summary>Whether steps were made and none of them brought a candidate that could be scored.</summary>
    public bool IsNothingScored => StepsCompleted > 0 && Scored.All(prompt => prompt.Step == 0);

    /// <summary>What was spent.</summary>
    public Spending Spending { get; private init; } = new();

    /// <summary>A paid call that came back at no cost, the last one since a person looked at the run; null for
    /// none.</summary>
    internal CallKey? UnpricedCall { get; private init; }

    /// <summary>A paid call whose answer stated no tokens, the last one since a person looked at the run; null for
    /// none.</summary>
    internal CallKey? UnreportedTokens { get; private init; }

    /// <summary>Calls begun and not ended, and failures in a row, by what was asked.</summary>
    internal ImmutableDictionary<CallKey, CallAttempts> Attempts { get; private init; } =
        ImmutableDictionary<CallKey, CallAttempts>.Empty;

    /// <summary>The attempts at a call so far.</summary>
    internal CallAttempts AttemptsAt(CallKey call) => Attempts.GetValueOrDefault(call, CallAttempts.None);

    /// <summary>Whether a person asked the search to end.</summary>
    public bool IsAskedToStop { get; private init; }

    /// <summary>Whether a person asked it to stand still, and it does not yet.</summary>
    public bool IsAskedToPause { get; private init; }

    /// <summary>Why and with which winner the search ended; null while it runs.</summary>
    public SearchEnded? Ended { get; private init; }

    /// <summary>What held-out images chose; null before, and where the search images choose.</summary>
    public WinnerChosen? Chosen { get; private init; }

    /// <summary>The winner, once nothing can change it any more; null before.</summary>
    public string? Winner => Settings.WinnerRule == WinnerRule.SearchImages ? Ended?.Winner : Chosen?.Winner;

    /// <summary>When the run opened the test images; null before, and where it did not need to say so.</summary>
    public TestOpened? TestOpened { get; private init; }

    /// <summary>Images that parts share; null before it is known, and where nobody looked.</summary>
    public DuplicatesFound? Duplicates { get; private init; }

    /// <summary>Evaluations for the report.</summary>
    public ImmutableList<TemplateEvaluated> Evaluations { get; private init; } = [];

    /// <summary>A template's evaluation on a part, or null.</summary>
    public TemplateEvaluated? EvaluationOf(string template, DatasetPart part) =>
        Evaluations.Find(done => done.Template == template && done.Part == part);

    /// <summary>A template's outcomes on a part, or null.</summary>
    public ImageOutcomes? OutcomesOf(string template, DatasetPart part) =>
        EvaluationOf(template, part) is { } done ? new(done.Correct, done.Loss, done.Losses) : null;
}
