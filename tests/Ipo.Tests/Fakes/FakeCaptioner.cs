using System.Collections.Concurrent;
using System.Security.Cryptography;
using Grpc.Core;
using Ipo.V1;

namespace Ipo.Tests.Fakes;

/// <summary>A captioner whose description is a pure function of the image.</summary>
internal sealed class FakeCaptioner : CaptionerService.CaptionerServiceBase
{
    private int _calls;
    private int _factsAsked;

    public GetCaptionerResponse Facts { get; set; } =
        new() { Captioner = new() { Name = "attributes", Model = "fake-clip", Embedded = true }, Question = "What is it like?" };

    /// <summary>By the number of the call, from 0: how it ends instead of a description; null for one.</summary>
    public Func<int, DescribeImageResponse?> Instead { get; set; } = _ => null;

    /// <summary>How long each caller would have waited.</summary>
    public ConcurrentQueue<TimeSpan> Patience { get; } = new();

    /// <summary>Digests of the images asked about, and the names given.</summary>
    public ConcurrentQueue<(string Sha256, string[] ClassNames)> Requests { get; } = new();

    /// <summary>Whose kept descriptions count, by request.</summary>
    public ConcurrentQueue<string> KeptFor { get; } = new();

    /// <summary>What tells the calls apart.</summary>
    public ConcurrentQueue<string> CallIds { get; } = new();

    /// <summary>How often it was asked what it is.</summary>
    public int FactsAsked => _factsAsked;

    public override Task<GetCaptionerResponse> GetCaptioner(GetCaptionerRequest request, ServerCallContext context)
    {
        Interlocked.Increment(ref _factsAsked);
        return Task.FromResult(Facts);
    }

    public override Task<DescribeImageResponse> DescribeImage(DescribeImageRequest request, ServerCallContext context)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(request.Content.Span));
        Patience.Enqueue(context.Deadline - DateTime.UtcNow);
        KeptFor.Enqueue(request.KeptFor);
        CallIds.Enqueue(request.CallId);
        Requests.Enqueue((sha256, [.. request.ClassNames]));
        return Task.FromResult(Instead(Interlocked.Increment(ref _calls) - 1) ?? new DescribeImageResponse
        {
            Description = $"a bright picture number {sha256[..6]}",
            Provider = Facts.Captioner.Name,
            Model = Facts.Captioner.Model,
            Usage = new() { InputTokens = 20, OutputTokens = 5, Latency = new() },
        });
    }
}
