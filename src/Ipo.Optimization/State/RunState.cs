using System.Collections.Immutable;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.State;

/// <summary>A run as its journal tells it: a pure fold over events, nothing else.</summary>
public sealed record RunState
{
    private RunState(RunCreated created)
    {
        RunId = created.RunId;
        Settings = created.Settings;
        CreatedAt = UpdatedAt = created.At;
        Length = 1;
    }

    /// <summary>The run's id.</summary>
    public string RunId { get; }

    /// <summary>Its settings.</summary>
    public RunSettings Settings { get; }

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

    /// <summary>Why it failed; null otherwise.</summary>
    public string? FailureReason { get; private init; }

    /// <summary>What it works on and with; null before it is known.</summary>
    public RunPrepared? Prepared { get; private init; }

    /// <summary>Whether the search images' embeddings are known.</summary>
    public bool Embedded { get; private init; }

    /// <summary>Descriptions by image.</summary>
    public ImmutableDictionary<string, string> Descriptions { get; private init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The images that are described; null where all are, or where it is not decided yet.</summary>
    public ImagesChosen? ImagesChosen { get; private init; }

    /// <summary>What instructions show of the descriptions; null before it is decided, and where all are shown as they are.</summary>
    public DescriptionsChosen? DescriptionsChosen { get; private init; }

    /// <summary>Descriptions by image, without those that are flagged.</summary>
    public ImmutableDictionary<string, string> FittingDescriptions =>
        DescriptionsChosen is { } chosen ? Descriptions.RemoveRange(chosen.Flagged.Select(flagged => flagged.Image)) : Descriptions;

    /// <summary>Images whose description named a class before the captioner took the name out.</summary>
    public ImmutableList<string> NamedClasses { get; private init; } = [];

    /// <summary>Every scored template, in the order of scoring: the trajectory.</summary>
    public ImmutableList<ScoredPrompt> Scored { get; private init; } = [];

    /// <summary>Steps that are complete.</summary>
    public int StepsCompleted { get; private init; }

    /// <summary>Raw answers of the step at work, by call.</summary>
    public ImmutableSortedDictionary<int, string> Answers { get; private init; } = ImmutableSortedDictionary<int, string>.Empty;

    /// <summary>Which proposer brought what.</summary>
    public ProposerCredits Credits { get; private init; } = ProposerCredits.None;

    /// <summary>What the best template of some step confuses; null where nobody is shown it.</summary>
    internal ConfusionsFound? ConfusionsFound { get; private init; }

    /// <summary>Proposals refused, by reason.</summary>
    public ImmutableSortedDictionary<RefusalReason, int> Refusals { get; private init; } = ImmutableSortedDictionary<RefusalReason, int>.Empty;

    /// <summary>What was spent.</summary>
    public Spending Spending { get; private init; } = new();

    /// <summary>A paid call that came back at no cost, the last one since a person looked at the run; null for none.</summary>
    internal CallKey? UnpricedCall { get; private init; }

    /// <summary>A paid call whose answer stated no tokens, the last one since a person looked at the run; null for none.</summary>
    internal CallKey? UnreportedTokens { get; private init; }

    /// <summary>Calls begun and not ended, and failures in a row, by what was asked.</summary>
    internal ImmutableDictionary<CallKey, CallAttempts> Attempts { get; private init; } = ImmutableDictionary<CallKey, CallAttempts>.Empty;

    /// <summary>Identities of what the scorer refused on some part of the dataset.</summary>
    internal ImmutableHashSet<string> Unscorable { get; private init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Why and with which winner the search ended; null while it runs.</summary>
    public SearchEnded? Ended { get; private init; }

    /// <summary>Whether a person asked the search to end.</summary>
    public bool IsAskedToStop { get; private init; }

    /// <summary>What held-out images chose; null before, and where the search images choose.</summary>
    public WinnerChosen? Chosen { get; private init; }

    /// <summary>When the run opened the test images; null before, and where it did not need to say so.</summary>
    public TestOpened? TestOpened { get; private init; }

    /// <summary>Images that parts share; null before it is known, and where nobody looked.</summary>
    public DuplicatesFound? Duplicates { get; private init; }

    /// <summary>The winner, once nothing can change it any more; null before.</summary>
    public string? Winner => Settings.WinnerRule == WinnerRule.SearchImages ? Ended?.Winner : Chosen?.Winner;

    /// <summary>Evaluations for the report.</summary>
    public ImmutableList<TemplateEvaluated> Evaluations { get; private init; } = [];

    /// <summary>CLIP's generic prompt on the search images.</summary>
    public ScoredPrompt? Baseline => Scored.FirstOrDefault(prompt => prompt.Template.Identity == PromptTemplate.Baseline.Identity);

    /// <summary>The best template so far by the preset's rule.</summary>
    public ScoredPrompt? Best => ScoredPrompt.Best(Scored);

    /// <summary>Identities of everything tried, for refusing repetitions.</summary>
    public ImmutableHashSet<string> Tried { get; private init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Folds a whole journal.</summary>
    /// <exception cref="InvalidOperationException">The events are not a run's, in a run's order.</exception>
    public static RunState Fold(IEnumerable<RunEvent> events)
    {
        RunState? state = null;
        foreach (var next in events)
            state = state is null
                ? new RunState(next as RunCreated ?? throw new InvalidOperationException($"A journal begins with {nameof(RunCreated)}, not {next.GetType().Name}."))
                : state.Apply(next);
        return state ?? throw new InvalidOperationException("The journal is empty.");
    }

    /// <summary>The state after one more event.</summary>
    public RunState Apply(RunEvent next)
    {
        var standing = next is RunPickedUp or RunResumed || !IsRunning; // time that passed without a host does not count
        var after = Fold(next);
        return after with
        {
            Length = Length + 1,
            UpdatedAt = next.At,
            Elapsed = Elapsed + (standing || next.At < UpdatedAt ? TimeSpan.Zero : next.At - UpdatedAt),
        };
    }

    /// <summary>Whether it is neither final nor failed.</summary>
    public bool IsRunning => Status == RunStatus.Running;

    private RunState Fold(RunEvent next) => next switch
    {
        RunPickedUp => Interrupted(),
        RunPrepared e => this with { Prepared = e },
        ImagesEmbedded e => this with { Embedded = true, Spending = Spending with { ImagesCached = e.Cached, ImagesEncoded = e.Encoded } },
        ImagesChosen e => this with { ImagesChosen = e },
        DescriptionRequested e => Begin(CallKey.Describe(e.Image), CaptionerIsPaid),
        DescriptionReceived e => End(CallKey.Describe(e.Image), !e.Cached && CaptionerIsPaid, e.Usage) with
        {
            Descriptions = Descriptions.SetItem(e.Image, e.Description),
            NamedClasses = e.NamesReplaced > 0 ? NamedClasses.Add(e.Image) : NamedClasses,
            Spending = e.Cached ? Spending : Spending.Call(e.Usage, CaptionerIsPaid),
        },
        DescriptionFailed e => Fail(CallKey.Describe(e.Image), e.Failure, e.At, e.Usage, CaptionerIsPaid),
        DescriptionsChosen e => this with { DescriptionsChosen = e },
        ProposalRequested e => Begin(CallKey.Propose(e.Step, e.Call), ProposerIsPaid(e.Step, e.Call)),
        ProposalAnswered e => End(CallKey.Propose(e.Step, e.Call), ProposerIsPaid(e.Step, e.Call), e.Usage) with
        {
            Answers = Answers.SetItem(e.Call, e.Answer),
            Spending = Spending.Call(e.Usage, ProposerIsPaid(e.Step, e.Call)),
        },
        ProposalFailed e => Fail(CallKey.Propose(e.Step, e.Call), e.Failure, e.At, e.Usage, ProposerIsPaid(e.Step, e.Call)),
        TemplateScored e => Score(e),
        TemplateRefused e => Refuse(e),
        StepCompleted e => this with { StepsCompleted = e.Step, Answers = Answers.Clear(), Credits = Credits.After(this, e.Step) },
        ConfusionsFound e => this with { ConfusionsFound = e },
        SearchEnded e => this with { Ended = e },
        StopRequested => this with { IsAskedToStop = true },
        WinnerChosen e => this with { Chosen = e },
        TestOpened e => this with { TestOpened = e },
        DuplicatesFound e => this with { Duplicates = e },
        TemplateEvaluated e => this with { Evaluations = Evaluations.Add(e) },
        RunCompleted => this with { Status = RunStatus.Completed },
        RunFailed e => this with { Status = RunStatus.Failed, FailureReason = e.Reason },
        RunResumed when Status == RunStatus.Failed => Interrupted().WithNewAttempts() with { Status = RunStatus.Running, FailureReason = null, UnpricedCall = null, UnreportedTokens = null },
        RunCancelled => Interrupted() with { Status = RunStatus.Cancelled },
        _ => throw new InvalidOperationException($"{next.GetType().Name} cannot stand here in a journal."),
    };

    private bool ProposerIsPaid(int step, int call) => Prepared?.ProposerOf(step, call, Settings.CallsPerStep).Paid ?? false;

    private bool CaptionerIsPaid => Prepared?.Captioner?.Paid ?? false;

    /// <summary>How often a call was made in vain.</summary>
    internal CallAttempts AttemptsAt(CallKey call) => Attempts.GetValueOrDefault(call, CallAttempts.None);

    private RunState Begin(CallKey call, bool paid) => this with { Attempts = Attempts.SetItem(call, AttemptsAt(call) with { InFlight = true, IsPaid = paid }) };

    // An answer of a paid provider at no cost: its service knows no prices, or it does not say its tokens.
    private RunState End(CallKey call, bool paid, CallUsage usage) => this with
    {
        Attempts = Attempts.Remove(call),
        UnpricedCall = paid && usage.CostMicroUsd == 0 ? call : UnpricedCall,
        UnreportedTokens = paid && usage.InputTokens + usage.OutputTokens == 0 ? call : UnreportedTokens,
    };

    // An answer that cannot be used is paid for like any other. What was refused before a model saw it has no tokens and costs nothing.
    private RunState Fail(CallKey call, CallFailure failure, DateTimeOffset at, CallUsage usage, bool paid) => this with
    {
        Attempts = Attempts.SetItem(call, AttemptsAt(call).After(failure, at)),
        Spending = Spending.Call(usage, paid).Failed(failure.Kind),
        UnpricedCall = paid && usage.CostMicroUsd == 0 && usage.InputTokens + usage.OutputTokens > 0 ? call : UnpricedCall,
    };

    // Calls that were in flight when the last host stopped: paid or not, nobody knows, so they count as calls.
    private RunState Interrupted()
    {
        var state = this;
        foreach (var (call, attempts) in Attempts.Where(pair => pair.Value.InFlight))
        {
            state = state with
            {
                Attempts = state.Attempts.SetItem(call, attempts.Interrupted()),
                Spending = state.Spending.Call(CallUsage.None, attempts.IsPaid).Failed(FailureKind.Interrupted),
            };
        }
        return state;
    }

    // A person looked at the cause: the failures before do not count against the attempts after. An image that was left out
    // stays out, or the instructions after would show what those before did not.
    private RunState WithNewAttempts() =>
        this with { Attempts = Attempts.RemoveRange(Attempts.Keys.Where(call => Descriptions.IsEmpty || !(call.IsDescription && Attempts[call].SkipsImage))) };

    /// <summary>A template's evaluation on a part, or null.</summary>
    public TemplateEvaluated? EvaluationOf(string template, DatasetPart part) =>
        Evaluations.Find(done => done.Template == template && done.Part == part);

    /// <summary>A template's outcomes on a part, or null.</summary>
    public ImageOutcomes? OutcomesOf(string template, DatasetPart part) =>
        EvaluationOf(template, part) is { } done ? new(done.Correct, done.Loss, done.Losses) : null;

    private RunState Score(TemplateScored e)
    {
        var template = PromptTemplate.Parse(e.Template);
        return this with
        {
            Scored = Scored.Add(new(template, e.Accuracy, e.Loss, e.Step, e.Correct is null ? null : new(e.Correct, e.Loss, e.Losses))),
            Tried = Tried.Add(template.Identity),
        };
    }

    private RunState Refuse(TemplateRefused e)
    {
        var counted = this with { Refusals = Refusals.SetItem(e.Reason, Refusals.GetValueOrDefault(e.Reason) + 1) };
        if (e.Reason != RefusalReason.Unscorable) return counted;
        // The scorer would refuse it again: never send it twice.
        var identity = PromptSet.Parse(e.Text).Identity;
        return counted with { Tried = Tried.Add(identity), Unscorable = Unscorable.Add(identity) };
    }
}

/// <summary>Where a run stands.</summary>
public enum RunStatus
{
    /// <summary>It works, or waits for a host.</summary>
    Running,

    /// <summary>It is complete.</summary>
    Completed,

    /// <summary>It cannot go on by itself; a person can resume it.</summary>
    Failed,

    /// <summary>A person stopped it.</summary>
    Cancelled,
}
