using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Ipo.V1;

namespace Ipo.Tests.Fakes;

/// <summary>A proposer whose answer is a pure function of instruction and seed, and which fails when it is told to.</summary>
internal sealed class FakePromptGen : PromptGenService.PromptGenServiceBase
{
    private int _calls;

    public Proposer Proposer { get; set; } = new() { Name = "evolve", Model = "rules 1", Embedded = true, SeesImages = true };

    /// <summary>What it offers beside that one.</summary>
    public IReadOnlyList<Proposer> More { get; set; } = [];

    /// <summary>By the number of the call, from 0: how it ends instead of an answer; null for an answer. May throw or wait.</summary>
    public Func<int, Task<ProposeTemplatesResponse?>> Instead { get; set; } = _ => Task.FromResult<ProposeTemplatesResponse?>(null);

    /// <summary>From a request to what it is answered.</summary>
    public Func<ProposeTemplatesRequest, string> Answer { get; set; } = Candidates;

    /// <summary>How long each caller would have waited.</summary>
    public ConcurrentQueue<TimeSpan> Patience { get; } = new();

    /// <summary>Every request.</summary>
    public ConcurrentQueue<ProposeTemplatesRequest> Requests { get; } = new();

    public override Task<ListProposersResponse> ListProposers(ListProposersRequest request, ServerCallContext context) =>
        Task.FromResult(new ListProposersResponse { Proposers = { Proposer, More } });

    public override async Task<ProposeTemplatesResponse> ProposeTemplates(ProposeTemplatesRequest request, ServerCallContext context)
    {
        Patience.Enqueue(context.Deadline - DateTime.UtcNow);
        Requests.Enqueue(request);
        return await Instead(Interlocked.Increment(ref _calls) - 1).WaitAsync(context.CancellationToken) ?? new()
        {
            Answer = Answer(request),
            Proposer = Proposer.Name,
            Model = Proposer.Model,
            Usage = new() { InputTokens = 100, OutputTokens = 10, CostMicroUsd = Proposer.Paid ? 7 : 0, Latency = new() },
        };
    }

    /// <summary>A failure as an outcome.</summary>
    public static ProposeTemplatesResponse Failure(FailureKind kind, string message = "the provider is not well", TimeSpan? retryAfter = null) => new()
    {
        Failure = new() { Kind = kind, Message = message, RetryAfter = retryAfter is { } wait ? Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(wait) : null },
        Usage = new(),
    };

    // A repetition, one without <CLASS>, and new ones.
    private static string Candidates(ProposeTemplatesRequest request)
    {
        var text = new StringBuilder();
        for (var i = 0; i < request.CandidateCount; i++)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Instruction}{request.Seed}{i}")))[..8];
            text.Append(i switch
            {
                1 => $"<INS>{request.Memory[^1].Template}</INS>\n",
                2 => "<INS>a picture of something</INS>\n",
                _ => $"<INS>a {digest} picture of a <CLASS>.</INS>\n",
            });
        }
        return text.ToString();
    }
}
