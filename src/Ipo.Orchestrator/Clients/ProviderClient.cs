using Google.Protobuf;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Optimization.Actions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Clients;

/// <summary>What the orchestrator asks of language and multimodal models, through the services in front of them. Each
/// call is made once; however it ends, it ends in an event that the run journals.
/// </summary>
internal sealed partial class ProviderClient(
    V1.PromptGenService.PromptGenServiceClient promptGen, V1.CaptionerService.CaptionerServiceClient captioner, TimeProvider clock,
    ILogger<ProviderClient> log)
{
    public const string PromptGen = "prompt-gen";
    public const string Captioner = "captioner";

    // Longer than any time limit that the services take for one answer (ChatEndpointOptions.Timeout, an hour at most):
    // theirs ends a call with a name and a way to mend it, and this one would throw away what they have paid for.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(65);

    // Characters, as captioner.proto promises.
    private const int LongestDescription = 1000;

    // What was kept before there were tenants is local's.
    private static string KeptFor => Tenant.Current == TenantName.Local ? "" : Tenant.Current;

    /// <summary>The proposers that a run can ask, the default one first, then by name: rules, and each strategy where
    /// there is a language model.</summary>
    public async Task<IReadOnlyList<V1.Proposer>> ListProposersAsync(RetryPolicy retry, CancellationToken cancellation)
    {
        var listed = await retry.CallAsync(
            PromptGen, () => promptGen.ListProposersAsync(new(), cancellationToken: cancellation).ResponseAsync, cancellation);
        return ConfiguredProposers.Of(listed.Proposers);
    }

    /// <summary>The proposers that a setting names, in its order; an empty name means the default one.</summary>
    public async Task<IReadOnlyList<ProviderFacts>> FindProposersAsync(string setting, RetryPolicy retry, CancellationToken cancellation)
    {
        var all = await ListProposersAsync(retry, cancellation);
        var mix = ProposerName.Mix(setting).Select(name => Find(name, all)).ToList();
        // Two names may mean one: "no-history" beside the default proposer's own.
        return mix.Distinct().Count() == mix.Count ? mix
            : throw RefusedException.InvalidField(
                "settings.proposers", $"is '{setting}', which means {string.Join(", ", mix.Select(facts => facts.Name))}; give each once.");
    }

    /// <summary>A proposer by name; the empty name means the default one.</summary>
    public async Task<ProviderFacts> FindProposerAsync(string name, RetryPolicy retry, CancellationToken cancellation) =>
        (await FindProposersAsync(name, retry, cancellation))[0];

    private static ProviderFacts Find(ProposerName name, IReadOnlyList<V1.Proposer> all)
    {
        var found = name.Service.Length == 0 && all.Count > 0 ? all[0] : all.FirstOrDefault(proposer => proposer.Name == name.Asked);
        return found is null
            ? throw RefusedException.InvalidField(
                "settings.proposers", $"'{name.Asked}' is not configured; {PromptGen} has: "
                    + $"{string.Join(", ", all.Select(proposer => proposer.Name))}. A language model is configured with "
                    + "Ipo:PromptGen:OpenAI:Endpoint and Ipo:PromptGen:OpenAI:Model, a further one (STRATEGY@NAME) with the same settings "
                    + "at Ipo:PromptGen:Models:NAME.")
            : new((ProposerName.Parse(found.Name) with { SeesHistory = name.SeesHistory }).ToString(), found.Model, found.Paid)
            {
                Embedded = found.Embedded,
                SeesImages = found.SeesImages
            };
    }

    /// <summary>The configured captioner, as its service describes it.</summary>
    public async Task<V1.Captioner> FindCaptionerAsync(RetryPolicy retry, CancellationToken cancellation) =>
        (await retry.CallAsync(
            Captioner, () => captioner.GetCaptionerAsync(new(), cancellationToken: cancellation).ResponseAsync, cancellation)).Captioner;

    /// <summary>The configured captioner, as a run keeps it.</summary>
    public async Task<ProviderFacts> GetCaptionerAsync(RetryPolicy retry, CancellationToken cancellation)
    {
        var found = await FindCaptionerAsync(retry, cancellation);
        return new(found.Name, found.Model, found.Paid) { Embedded = found.Embedded };
    }

    /// <summary>Asks for candidates.</summary>
    /// <returns><see cref="ProposalAnswered"/> or <see cref="ProposalFailed"/>.</returns>
    public async Task<RunEvent> ProposeAsync(
        RunState run, RunPrepared prepared, Propose action, ProposalCall call, RetryPolicy retry, CancellationToken cancellation)
    {
        var name = ProposerName.Parse(action.Proposer.Name);
        var request = new V1.ProposeTemplatesRequest
        {
            Proposer = name.Service,
            NamedModel = name.Model,
            Instruction = action.Instruction,
            CandidateCount = action.CandidateCount,
            Seed = call.Seed,
            Temperature = run.Settings.Temperature,
            CallId = FormattableString.Invariant($"{RunIdentity(run)} {action.Step}.{call.Call}"),
            KeptFor = KeptFor,
        };
        request.Memory.AddRange(
            action.Memory.Select(
                prompt => new V1.RememberedTemplate { Template = prompt.Template.Text, Accuracy = prompt.Accuracy, Loss = prompt.Loss }));
        request.Descriptions.AddRange(action.Descriptions);
        request.ClassNames.AddRange([.. prepared.ClassNames, .. prepared.NovelClassNames]);
        try
        {
            var answer = await retry.SendOnceAsync(
                PromptGen, () =>
                    promptGen.ProposeTemplatesAsync(
                        request, deadline: DateTime.UtcNow + LongestAnswer, cancellationToken: cancellation).ResponseAsync, cancellation);
            return answer.OutcomeCase == V1.ProposeTemplatesResponse.OutcomeOneofCase.Answer
                ? new ProposalAnswered(clock.GetUtcNow(), action.Step, call.Call, answer.Answer, Usage(answer.Usage), answer.Model)
                { Cached = answer.Cached, Recovered = answer.Recovered }
                : new ProposalFailed(clock.GetUtcNow(), action.Step, call.Call, Failure(PromptGen, answer.Failure), Usage(answer.Usage));
        }
        catch (RpcException fault)
        {
            CallBroke(PromptGen, run.RunId, fault);
            return new ProposalFailed(clock.GetUtcNow(), action.Step, call.Call, Failure(PromptGen, fault), CallUsage.None);
        }
    }

    /// <summary>Asks for a description.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sha256">The image's digest.</param>
    /// <param name="content">The image file.</param>
    /// <param name="className">The image's class.</param>
    /// <param name="otherNames">The other classes.</param>
    /// <returns><see cref="DescriptionReceived"/> or <see cref="DescriptionFailed"/>.</returns>
    public async Task<RunEvent> DescribeAsync(
        RunState run, string sha256, ByteString content, string className, IEnumerable<string> otherNames, RetryPolicy retry,
        CancellationToken cancellation)
    {
        var request = new V1.DescribeImageRequest { Content = content, KeptFor = KeptFor, CallId = $"{RunIdentity(run)} {sha256}" };
        request.ClassNames.Add(className);
        request.ClassNames.AddRange(otherNames);
        try
        {
            var answer = await retry.SendOnceAsync(
                Captioner, () =>
                    captioner.DescribeImageAsync(
                        request, deadline: DateTime.UtcNow + LongestAnswer, cancellationToken: cancellation).ResponseAsync, cancellation);
            // A journal keeps every description for good, and each goes into instructions: none is longer than the contract says.
            if (answer.Description.Length > LongestDescription)
                return new DescriptionFailed(
                    clock.GetUtcNow(), sha256,
                    new(FailureKind.Malformed,
                        $"{Captioner} described an image in {answer.Description.Length} characters; its contract has at most "
                            + $"{LongestDescription}.", null),
                    Usage(answer.Usage));
            return answer.OutcomeCase == V1.DescribeImageResponse.OutcomeOneofCase.Description
                ? new DescriptionReceived(
                    clock.GetUtcNow(), sha256, answer.Description, answer.Cached, Usage(answer.Usage),
                    answer.Model)
                { NamesReplaced = answer.NamesReplaced, Recovered = answer.Recovered }
                : new DescriptionFailed(clock.GetUtcNow(), sha256, Failure(Captioner, answer.Failure), Usage(answer.Usage));
        }
        catch (RpcException fault)
        {
            CallBroke(Captioner, run.RunId, fault);
            return new DescriptionFailed(clock.GetUtcNow(), sha256, Failure(Captioner, fault), CallUsage.None);
        }
    }

    // With the time of its creation: an id of a deleted run may come again.
    private static string RunIdentity(RunState run) => FormattableString.Invariant($"{run.RunId} {run.CreatedAt:O}");

    private static CallUsage Usage(V1.Usage? usage) => usage is null ? CallUsage.None
        : new(usage.InputTokens, usage.OutputTokens, usage.CostMicroUsd, usage.Latency?.ToTimeSpan() ?? TimeSpan.Zero);

    private static CallFailure Failure(string service, V1.ProviderFailure? failure) => failure is null
        ? new(FailureKind.Malformed,
            $"{service} answered with neither text nor failure; it and this orchestrator have different versions. "
                + "Start both from one build.", null)
        : new(Kind(failure.Kind), failure.Message, failure.RetryAfter?.ToTimeSpan());

    private static FailureKind Kind(V1.FailureKind kind) => kind switch
    {
        V1.FailureKind.RateLimited => FailureKind.RateLimited,
        V1.FailureKind.Unavailable => FailureKind.Unavailable,
        V1.FailureKind.TimedOut => FailureKind.TimedOut,
        V1.FailureKind.Unauthorized => FailureKind.Unauthorized,
        V1.FailureKind.Rejected => FailureKind.Rejected,
        V1.FailureKind.Empty => FailureKind.Empty,
        V1.FailureKind.Faulted => FailureKind.Faulted,
        V1.FailureKind.LimitReached => FailureKind.LimitReached,
        V1.FailureKind.Unreachable => FailureKind.Unreachable,
        _ => FailureKind.Malformed, // a kind of a newer version: the answer is not what this one understands
    };

    // The service itself failed, or the way to it, after the call had begun.
    private static CallFailure Failure(string service, RpcException fault) => new(
        fault.StatusCode switch
        {
            StatusCode.DeadlineExceeded => FailureKind.TimedOut,
            StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition => FailureKind.Rejected,
            StatusCode.Unimplemented or StatusCode.ResourceExhausted => FailureKind.Rejected,
            StatusCode.Unavailable => FailureKind.Unavailable,
            _ => FailureKind.Faulted,
        },
        $"{service}: {fault.Status.Detail}", null);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A call to {Service} for run {RunId} broke")]
    private partial void CallBroke(string service, string runId, Exception fault);
}
