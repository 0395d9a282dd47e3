using Ipo.Optimization.Facts;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.State;

// How each event changes a run.
public sealed partial record RunState
{
    /// <summary>Folds a whole journal.</summary>
    /// <exception cref="InvalidOperationException">The events are not a run's, in a run's order.</exception>
    public static RunState Fold(IEnumerable<RunEvent> events)
    {
        RunState? state = null;
        foreach (var next in events) state = state is null ? Begin(next) : state.Apply(next);
        return state ?? throw new InvalidOperationException("The journal is empty.");
    }

    private static RunState Begin(RunEvent first) => new(first as RunCreated
        ?? throw new InvalidOperationException($"A journal begins with {nameof(RunCreated)}, not {first.GetType().Name}."));

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

    private RunState Fold(RunEvent next) => next switch
    {
        RunPickedUp e => Interrupted() with { Lost = e.Lost ?? Lost },
        RunPrepared e => this with { Prepared = e },
        ImagesEmbedded e => this with
        {
            Embedded = true,
            Spending = Spending with { ImagesCached = e.Cached, ImagesEncoded = e.Encoded },
        },
        ImagesChosen e => this with { ImagesChosen = e },
        DescriptionRequested e => Begin(CallKey.Describe(e.Image), CaptionerIsPaid),
        DescriptionReceived e => End(CallKey.Describe(e.Image), (!e.Cached || e.Recovered) && CaptionerIsPaid, e.Usage) with
        {
            Descriptions = Descriptions.SetItem(e.Image, e.Description),
            NamedClasses = e.NamesReplaced > 0 ? NamedClasses.Add(e.Image) : NamedClasses,
            Spending = e.Recovered ? Spending.Recovered(e.Usage) : e.Cached ? Spending : Spending.Call(e.Usage, CaptionerIsPaid),
        },
        DescriptionFailed e => Fail(CallKey.Describe(e.Image), e.Failure, e.At, e.Usage, CaptionerIsPaid),
        DescriptionsChosen e => this with { DescriptionsChosen = e },
        ProposalRequested e => Begin(CallKey.Propose(e.Step, e.Call), ProposerIsPaid(e.Step, e.Call)),
        ProposalAnswered e => End(
            CallKey.Propose(e.Step, e.Call), (!e.Cached || e.Recovered) && ProposerIsPaid(e.Step, e.Call), e.Usage) with
        {
            Answers = Answers.SetItem(e.Call, e.Answer),
            Spending = e.Recovered ? Spending.Recovered(e.Usage)
                : e.Cached ? Spending : Spending.Call(e.Usage, ProposerIsPaid(e.Step, e.Call)),
        },
        ProposalFailed e => Fail(CallKey.Propose(e.Step, e.Call), e.Failure, e.At, e.Usage, ProposerIsPaid(e.Step, e.Call)),
        TemplateScored e => Score(e),
        TemplateRefused e => Refuse(e),
        StepCompleted e => this with { StepsCompleted = e.Step, Answers = Answers.Clear(), Credits = Credits.After(this, e.Step) },
        ConfusionsFound e => this with { ConfusionsFound = e },
        SearchEnded e => this with { Ended = e },
        StopRequested => this with { IsAskedToStop = true, IsAskedToPause = false }, // the later wish
        PauseRequested => this with { IsAskedToPause = true },
        RunPaused => this with { Status = RunStatus.Paused, IsAskedToPause = false },
        WinnerChosen e => this with { Chosen = e },
        TestOpened e => this with { TestOpened = e },
        DuplicatesFound e => this with { Duplicates = e },
        TemplateEvaluated e => this with { Evaluations = Evaluations.Add(e) },
        RunCompleted => this with { Status = RunStatus.Completed },
        RunFailed e => this with { Status = RunStatus.Failed, FailureReason = e.Reason },
        RunResumed when Status == RunStatus.Failed => Resumed(),
        RunResumed when Status == RunStatus.Paused => this with { Status = RunStatus.Running },
        RunCancelled => Interrupted() with { Status = RunStatus.Cancelled },
        _ => throw new InvalidOperationException($"{next.GetType().Name} cannot follow here in a journal."),
    };

    private bool ProposerIsPaid(int step, int call) => Prepared?.ProposerOf(step, call, Settings.CallsPerStep).Paid ?? false;

    private bool CaptionerIsPaid => Prepared?.Captioner?.Paid ?? false;

    private RunState Begin(CallKey call, bool paid) =>
        this with { Attempts = Attempts.SetItem(call, AttemptsAt(call) with { InFlight = true, IsPaid = paid }) };

    // An answer of a paid provider at no cost: its service knows no prices, or it does not say its tokens.
    private RunState End(CallKey call, bool paid, CallUsage usage) => this with
    {
        Attempts = Attempts.Remove(call),
        UnpricedCall = paid && usage.CostMicroUsd == 0 ? call : UnpricedCall,
        UnreportedTokens = paid && usage.InputTokens + usage.OutputTokens == 0 ? call : UnreportedTokens,
    };

    // An answer that cannot be used is paid for like any other. What was refused before a model saw it has no tokens
    // and costs nothing.
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

    private RunState Resumed() => Interrupted().WithNewAttempts() with
    {
        Status = RunStatus.Running,
        FailureReason = null,
        IsAskedToPause = false,
        UnpricedCall = null,
        UnreportedTokens = null,
    };

    // A person looked at the cause: the failures before do not count against the attempts after. An image that was left
    // out stays out, or the instructions after would show what those before did not.
    private RunState WithNewAttempts()
    {
        bool StaysOut(CallKey call) => !Descriptions.IsEmpty && call.IsDescription && Attempts[call].SkipsImage;
        return this with { Attempts = Attempts.RemoveRange(Attempts.Keys.Where(call => !StaysOut(call))) };
    }

    private RunState Score(TemplateScored e)
    {
        var template = PromptTemplate.Parse(e.Template);
        var outcomes = e.Correct is null ? null : new ImageOutcomes(e.Correct, e.Loss, e.Losses);
        return this with
        {
            Scored = Scored.Add(new(template, e.Accuracy, e.Loss, e.Step, outcomes)),
            Tried = Tried.Add(template.Identity),
        };
    }

    private RunState Refuse(TemplateRefused e)
    {
        var counted = this with
        {
            Refusals = Refusals.SetItem(e.Reason, Refusals.GetValueOrDefault(e.Reason) + 1),
            FirstRefused = FirstRefused ?? (e.Step > 0 ? e : null),
        };
        if (e.Reason != RefusalReason.Unscorable) return counted;
        // The scorer would refuse it again: never send it twice.
        var identity = PromptSet.Parse(e.Text).Identity;
        return counted with { Tried = Tried.Add(identity), Unscorable = Unscorable.Add(identity) };
    }
}
