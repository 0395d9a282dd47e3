using System.Security.Cryptography;
using System.Text;
using Ipo.Optimization.Actions;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Loop;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Runs;

namespace Ipo.Tests.Optimization.Loop.Fakes;

/// <summary>
/// Does what <see cref="Planner"/> says, in memory: its scorer, proposer and captioner are pure functions, its clock moves
/// by a second per call, and it can be stopped after any append.
/// </summary>
internal sealed class SimulatedHost
{
    public static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, int> asked = [];
    private DateTimeOffset now;
    private int appends;

    public SimulatedHost(RunSettings settings) => Reopen([new RunCreated(Start, "run-1", settings)]);

    /// <summary>The journal; an append adds several events as one.</summary>
    public List<RunEvent> Journal { get; } = [];

    public RunState State { get; private set; } = null!;

    /// <summary>Every call that was made, in order: "describe IMAGE" or "propose STEP.CALL SEED".</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The action of every turn.</summary>
    public List<RunAction> Actions { get; } = [];

    /// <summary>The instruction of every proposal that was asked for.</summary>
    public List<string> Instructions { get; } = [];

    /// <summary>How a call fails: by what is asked and the number of times it was asked before; null where it succeeds.</summary>
    public Func<string, int, CallFailure?> Failing { get; init; } = (_, _) => null;

    /// <summary>What the proposer says to an instruction and a seed.</summary>
    public Func<string, long, int, string> Proposer { get; init; } = Propose;

    /// <summary>Accuracy and loss of a template; null where the scorer cannot score it on that part (null in the search).</summary>
    public Func<string, DatasetPart?, (double Accuracy, double Loss)?> Scorer { get; init; } = (template, _) => Score(template);

    /// <summary>What a template confuses.</summary>
    public Func<string, IReadOnlyList<ConfusedPair>> Confused { get; init; } = _ => [new(0, 1, 2)];

    /// <summary>What an image is described as.</summary>
    public Func<string, string> Description { get; init; } = image => $"what {image} shows";

    /// <summary>How similar a description is to its image.</summary>
    public Func<string, double> Similarity { get; init; } = _ => 0.25;

    /// <summary>Whether a description was cached.</summary>
    public Func<string, bool> Cached { get; init; } = _ => false;

    /// <summary>What the run works on.</summary>
    public RunPrepared Prepared { get; init; } = Facts.Events.Prepared;

    /// <summary>What one call consumes.</summary>
    public CallUsage Usage { get; init; } = new(100, 20, 300, TimeSpan.FromSeconds(1));

    /// <summary>What a call that fails consumes.</summary>
    public CallUsage FailedUsage { get; init; } = CallUsage.None;

    /// <summary>Stops the host after so many appends of its own.</summary>
    public int? StopAfter { get; set; }

    /// <summary>Takes over a journal as a new process would: with nothing but it.</summary>
    public SimulatedHost Reopen(IEnumerable<RunEvent> journal)
    {
        RunEvent[] kept = [.. journal];
        Journal.Clear();
        Journal.AddRange(kept);
        State = RunState.Fold(Journal);
        now = Journal[^1].At + TimeSpan.FromHours(1); // nobody was there
        appends = 0;
        return this;
    }

    /// <summary>Works until there is nothing to do; false where it was stopped before.</summary>
    public bool Run()
    {
        try
        {
            Append(new RunPickedUp(now));
            for (var turn = 0; turn < 5_000; turn++)
            {
                var action = Planner.Next(RunState.Fold(Journal));
                Actions.Add(action);
                if (action is Nothing) return true;
                Do(action);
            }
            throw new InvalidOperationException($"The run goes nowhere: {Actions[^1]}");
        }
        catch (StoppedException)
        {
            return false;
        }
    }

    public void Append(params IEnumerable<RunEvent> events)
    {
        foreach (var happened in events)
        {
            Journal.Add(happened);
            State = State.Apply(happened);
        }
        if (++appends == StopAfter) throw new StoppedException();
    }

    private void Do(RunAction action)
    {
        switch (action)
        {
            case Prepare: Append(Prepared with { At = now }); break;
            case EmbedImages: Append(new ImagesEmbedded(now, 2, Prepared.SearchImages.Count - 2)); break;
            case ScoreTemplates score: Append(Scores(score)); break;
            case ChooseImages choose:
                Append(
                new ImagesChosen(
                    now, [.. ImageSelection.Choose(choose.Pool, [.. choose.Pool.Select(image => Embedding(image.Sha256))], choose.Count)
                        .Select(image => image.Sha256)])); break;
            case DescribeImages describe: Describe(describe); break;
            case ChooseDescriptions choose:
                Append(
                DescriptionChoice.Of(State, choose.Described, [.. choose.Described.Select(image => Similarity(image.Sha256))], now)); break;
            case Propose propose: Ask(propose); break;
            case FindConfusions find: Append(new ConfusionsFound(now, find.Template.Text, Confused(find.Template.Text))); break;
            case EndSearch end: Append(new SearchEnded(now, end.Reason, end.Winner.Text)); break;
            case ChooseWinner choose: Append(new WinnerChosen(now, choose.Winner.Text)); break;
            case OpenTest: Append(new TestOpened(now, EarlierLooks)); break;
            case Evaluate evaluate: Evaluate(evaluate); break;
            case FindDuplicates:
                Append(
                new DuplicatesFound(now, 1, [new("t0", DatasetPart.TestBase, "a0", DatasetPart.Search, 0.995)])); break;
            case Pause: Append(new RunPaused(now)); break;
            case Complete: Append(new RunCompleted(now)); break;
            case Fail fail: Append(new RunFailed(now, RunFaultSentences.Of(fail.Fault))); break;
            default: throw new InvalidOperationException($"No host can do {action}.");
        }
    }

    private IEnumerable<RunEvent> Scores(ScoreTemplates score)
    {
        foreach (var refused in score.Refused)
            yield return new TemplateRefused(now, score.Step, refused.Text, refused.Refusal.Reason, refused.Refusal.Message);
        foreach (var template in score.Templates)
            yield return Scorer(template.Text, null) is { } scored
                ? Scored(score, template.Text, scored.Accuracy, scored.Loss)
                : new TemplateRefused(now, score.Step, template.Text, RefusalReason.Unscorable, "A prompt is too long.");
        if (score.Step > 0) yield return new StepCompleted(now, score.Step);
    }

    private TemplateScored Scored(ScoreTemplates score, string template, double accuracy, double loss)
    {
        if (score.Detail == OutcomeDetail.None) return new(now, score.Step, template, accuracy, loss);
        var outcomes = Outcomes(template, accuracy, Prepared.SearchImages.Count);
        return new(now, score.Step, template, accuracy, loss, outcomes, score.Detail < OutcomeDetail.Losses
            ? null
            : Losses(outcomes, loss));
    }

    private void Evaluate(Evaluate evaluate)
    {
        var refused = new HashSet<string>();
        foreach (var one in evaluate.Evaluations.Where(one => !refused.Contains(one.Template.Identity)))
        {
            var evaluated = Evaluation(one);
            if (evaluated is TemplateRefused) refused.Add(one.Template.Identity);
            Append(evaluated);
        }
    }

    private RunEvent Evaluation(PartEvaluation evaluate)
    {
        var text = evaluate.Template.Text;
        if (Scorer(text, evaluate.Part) is not { } scored)
            return new TemplateRefused(now, 0, text, RefusalReason.Unscorable, "A prompt is too long.");
        if (State.Settings.WinnerRule == WinnerRule.SearchImages)
            return new TemplateEvaluated(now, text, evaluate.Part, scored.Accuracy, scored.Loss, [1, 1], [1, 0], "10");
        var outcomes = Outcomes(text, scored.Accuracy, ImagesInPart);
        int Right(int label) => outcomes.Skip(label * ImagesInPart / 2).Take(ImagesInPart / 2).Count(image => image == '1');
        return new TemplateEvaluated(
            now, text, evaluate.Part, scored.Accuracy, scored.Loss, [ImagesInPart / 2, ImagesInPart / 2], [Right(0), Right(1)], outcomes,
            evaluate.Detail < OutcomeDetail.Losses ? null : Losses(outcomes, scored.Loss),
            evaluate.Detail < OutcomeDetail.Predictions
                ? null
                : [.. outcomes.Select((image, at) => image == '1' ? at / (ImagesInPart / 2) : 1 - at / (ImagesInPart / 2))],
            Hash(text) % 100 / 1000.0, text.Split(' ', '\n').Length, Repaired(text));
    }

    /// <summary>Templates that are read otherwise than they are written.</summary>
    public Func<string, IReadOnlyList<RepairedTemplate>?> Repaired { get; init; } = _ => null;

    /// <summary>Images of every part, where single outcomes matter.</summary>
    public int ImagesInPart { get; init; } = 20;

    /// <summary>Looks at the test images before this run's.</summary>
    public int EarlierLooks { get; init; }

    // The first images are the easy ones, but for one that every template sees otherwise.
    private static string Outcomes(string template, double accuracy, int images) => string.Concat(Enumerable.Range(0, images)
        .Select(image => image < accuracy * images != ((int)(Hash(template) % (ulong)images) == image) ? '1' : '0'));

    private static float[] Losses(string outcomes, double loss) =>
        [.. outcomes.Select(image => (float)(image == '1' ? loss / 2 : loss * 2))];

    private static float[] Embedding(string image)
    {
        var angle = Hash(image) % 628 / 100.0;
        return [(float)Math.Cos(angle), (float)Math.Sin(angle)];
    }

    private void Describe(DescribeImages describe)
    {
        foreach (var call in describe.Calls) Append(new DescriptionRequested(now, call.Image.Sha256, call.Attempt));
        // The last call ends first: nothing may depend on which was faster.
        foreach (var call in describe.Calls.Reverse())
        {
            var image = call.Image.Sha256;
            var failure = Call($"describe {image}", $"describe {image}", call.NotBefore);
            if (failure is not null) Append(new DescriptionFailed(now, image, failure, FailedUsage));
            else Append(new DescriptionReceived(now, image, Description(image), Cached(image), Usage, "eyes-1"));
        }
    }

    private void Ask(Propose propose)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(propose.Instruction)));
        foreach (var call in propose.Calls) Append(new ProposalRequested(now, propose.Step, call.Call, call.Attempt, digest));
        Instructions.Add(propose.Instruction);
        foreach (var call in propose.Calls.Reverse())
        {
            var failure = Call($"propose {propose.Step}.{call.Call}", $"propose {propose.Step}.{call.Call} {call.Seed}", call.NotBefore);
            if (failure is not null) Append(new ProposalFailed(now, propose.Step, call.Call, failure, FailedUsage));
            else Append(new ProposalAnswered(
                now, propose.Step, call.Call, Proposer(propose.Instruction, call.Seed, propose.CandidateCount), Usage, "words-1"));
        }
    }

    private CallFailure? Call(string key, string made, DateTimeOffset notBefore)
    {
        now = (now > notBefore ? now : notBefore) + TimeSpan.FromSeconds(1);
        Calls.Add(made);
        asked[key] = asked.GetValueOrDefault(key) + 1;
        return Failing(key, asked[key] - 1);
    }

    /// <summary>An answer with new templates, old ones, broken ones and more than was wanted, by the instruction and seed alone.</summary>
    public static string Propose(string instruction, long seed, int count)
    {
        var hash = Hash($"{seed} {instruction}");
        string[] light = ["a dim", "a bright", "a blurry", "a sharp", "a small", "a large", "a dark", "a close-up"];
        var texts = Enumerable.Range(0, count + 1).Select(i => ((hash >> (i * 3)) % 8) switch
        {
            0 => "a photo of a <CLASS>.",
            1 => "a photo without the token",
            2 => $"{light[(hash >> i) % 8]} photo of a heron, not a <CLASS>.",
            _ => $"{light[(hash >> (i + 7)) % 8]} photo of a <CLASS>, number {(hash >> (i + 11)) % 500}.",
        });
        return string.Concat(texts.Select((text, i) => $"{i + 1}. <INS>{text}</INS>\n"));
    }

    /// <summary>A score by the text alone, with few enough values that ties happen.</summary>
    public static (double Accuracy, double Loss) Score(string template) =>
        (Hash(template) % 21 / 20.0, Hash(template + "!") % 300 / 100.0);

    // FNV-1a: the same on every machine, unlike string.GetHashCode.
    private static ulong Hash(string text) => text.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL);

    private sealed class StoppedException : Exception;
}
