using System.Diagnostics.Metrics;
using Ipo.Captioner;
using Ipo.Images;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using Xunit;

namespace Ipo.Tests.Captioner;

public sealed class CachingCaptionerTests : IDisposable
{
    private static readonly ImageFile Image = ImageFile.Check(Pictures.Plain());

    private readonly ServiceProvider meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ProviderMetrics metrics;
    private readonly Scripted inner = new();
    private readonly CacheSeal seal = new("the secret of this installation, for tests");
    private readonly AnswerCache memory = new(NullLogger<AnswerCache>.Instance);

    public CachingCaptionerTests() => metrics = new(meters.GetRequiredService<IMeterFactory>());

    [Fact]
    public async Task Asks_once_for_the_same()
    {
        var captions = new CachingCaptioner(inner, memory, new(), metrics);

        var first = await captions.DescribeAsync(Image, Cancel);
        var second = await captions.DescribeAsync(Image, Cancel);

        Assert.Equal((AnswerSource.Provider, "answer 1", 5), (first.Source, first.Reply.Text, first.Reply.Usage.InputTokens));
        Assert.Equal((AnswerSource.Memory, "answer 1", "stated", 0), (second.Source, second.Reply.Text, second.Reply.Model, second.Reply.Usage.InputTokens));
    }

    [Fact]
    public async Task Asks_again_when_anything_differs_that_decides_the_answer()
    {
        var captions = new CachingCaptioner(inner, memory, new(), metrics);
        await captions.DescribeAsync(Image, Cancel);

        await captions.DescribeAsync(ImageFile.Check(Pictures.Plain(9, 9)), Cancel);
        inner.Identity = inner.Identity with { Model = "other" };
        await captions.DescribeAsync(Image, Cancel);
        inner.Identity = inner.Identity with { Parameters = "other" };
        await captions.DescribeAsync(Image, Cancel);
        inner.Question = "other";
        await captions.DescribeAsync(Image, Cancel);
        inner.Provider = "other";
        await captions.DescribeAsync(Image, Cancel);

        Assert.Equal(6, inner.Asked);
    }

    [Fact]
    public async Task Asks_for_each_tenant_anew()
    {
        var captions = new CachingCaptioner(inner, memory, new(), metrics);
        foreach (var keptFor in (string[])["", "one", "two", "one", ""]) await captions.DescribeAsync(Image, Cancel, keptFor);
        Assert.Equal(3, inner.Asked);
    }

    [Fact]
    public async Task A_multimodal_model_is_asked_again_when_the_request_limits_it_by_another_field()
    {
        var parameters = new List<string>();
        foreach (var field in (string[])["max_completion_tokens", "max_tokens"])
        {
            var options = new OpenAiCaptionerOptions { Model = "m", Endpoint = "http://localhost:1/v1", MaxOutputTokensField = field };
            using var endpoint = new ChatEndpoint(options, OpenAiCaptioner.Path, TimeProvider.System);
            parameters.Add((await new OpenAiCaptioner(endpoint, Microsoft.Extensions.Options.Options.Create(options)).IdentifyAsync(Cancel)).Parameters);
        }
        Assert.Equal(2, parameters.Distinct().Count());
    }

    [Fact]
    public async Task Does_not_keep_failures()
    {
        var captions = new CachingCaptioner(inner, memory, new(), metrics);
        inner.Fail = true;
        Assert.NotNull((await captions.DescribeAsync(Image, Cancel)).Reply.Failure);
        inner.Fail = false;

        Assert.Equal("answer 2", (await captions.DescribeAsync(Image, Cancel)).Reply.Text);
    }

    [Fact]
    public async Task Does_not_keep_an_answer_of_which_no_words_are_left()
    {
        var captions = new CachingCaptioner(inner, memory, new(), metrics);
        inner.Answer = "<INS></INS> 123!";
        var first = await captions.DescribeAsync(Image, Cancel);
        Assert.Equal((FailureKind.Empty, AnswerSource.Provider, 5), (first.Reply.Failure!.Kind, first.Source, first.Reply.Usage.InputTokens));
        inner.Answer = null;

        var second = await captions.DescribeAsync(Image, Cancel);
        Assert.Equal((AnswerSource.Provider, "answer 2"), (second.Source, second.Reply.Text));
    }

    [Fact]
    public async Task Shares_one_call_among_callers_at_the_same_time_and_keeps_it_when_they_leave()
    {
        var captions = new CachingCaptioner(inner, memory, new(), metrics);
        using var recorder = new MetricRecorder(meters);
        inner.Gate = new TaskCompletionSource();
        using var leave = new CancellationTokenSource();
        var first = captions.DescribeAsync(Image, leave.Token);
        var second = captions.DescribeAsync(Image, Cancel);
        var third = captions.DescribeAsync(Image, Cancel);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        inner.Gate.SetResult();

        // What it cost goes to one of those who stayed, and the service counts it whoever stays.
        var stayed = (await Task.WhenAll(second, third)).OrderBy(caption => caption.Source).Select(caption => (caption.Source, caption.Reply.Text, caption.Reply.Usage.InputTokens));
        Assert.Equal([(AnswerSource.Provider, "answer 1", 5L), (AnswerSource.Shared, "answer 1", 0L)], stayed);
        Assert.Equal(["1 scripted ok"], recorder.Of("ipo.provider.calls"));
        Assert.Equal(AnswerSource.Memory, (await captions.DescribeAsync(Image, Cancel)).Source);
        Assert.Equal(1, inner.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_whose_answer_did_not_arrive_gets_it_with_its_costs_when_it_is_made_again(bool isStillAsked)
    {
        var captions = new CachingCaptioner(inner, memory, new(), metrics);
        inner.Gate = new TaskCompletionSource();
        using var lost = new CancellationTokenSource();
        var first = captions.DescribeAsync(Image, lost.Token, callId: "call");
        if (!isStillAsked)
        {
            inner.Gate.SetResult();
            await first;
        }
        var again = captions.DescribeAsync(Image, Cancel, callId: "call");
        await lost.CancelAsync();
        inner.Gate.TrySetResult();

        var caption = await again;
        if (isStillAsked) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal((true, "answer 1", 5L), (caption.Recovered, caption.Reply.Text, caption.Reply.Usage.InputTokens));
        var other = await captions.DescribeAsync(Image, Cancel, callId: "another");
        Assert.Equal((false, "answer 1", 0L), (other.Recovered, other.Reply.Text, other.Reply.Usage.InputTokens));
        Assert.Equal(1, inner.Asked);
    }

    [Fact]
    public async Task Says_so_when_the_model_does_not_even_say_who_it_is()
    {
        inner.Unidentified = true;

        Assert.Equal(FailureKind.Unavailable, (await new CachingCaptioner(inner, memory, new(), metrics).DescribeAsync(Image, Cancel)).Reply.Failure!.Kind);
    }

    [Fact]
    public async Task Shares_answers_through_Redis_and_goes_on_without_it()
    {
        using var server = await RedisServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await CaptionsOf(connection).DescribeAsync(Image, Cancel);

        Assert.Equal((AnswerSource.Redis, "answer 1", "stated"), await AnotherReplicaAsync(connection));

        server.Kill();
        Assert.Equal((AnswerSource.Provider, "answer 2", "stated"), await AnotherReplicaAsync(connection));
    }

    [Fact]
    public async Task Asks_again_when_Redis_holds_something_else()
    {
        using var server = await RedisServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await CaptionsOf(connection).DescribeAsync(Image, Cancel);
        var key = connection.GetServers()[0].Keys().Single();
        var stored = (string?)await connection.GetDatabase().StringGetAsync(key);
        Assert.DoesNotContain("answer 1", stored, StringComparison.Ordinal); // nobody reads it there
        await connection.GetDatabase().StringSetAsync(key, """{"Text":"forged","Model":"stated"}""");

        Assert.Equal((AnswerSource.Provider, "answer 2", "stated"), await AnotherReplicaAsync(connection));
        Assert.Equal((AnswerSource.Redis, "answer 2", "stated"), await AnotherReplicaAsync(connection));
        Assert.NotNull(await connection.GetDatabase().KeyTimeToLiveAsync(key));
    }

    public void Dispose()
    {
        memory.Dispose();
        seal.Dispose();
        metrics.Dispose();
        meters.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private CachingCaptioner CaptionsOf(IConnectionMultiplexer redis) => new(inner, new AnswerCache(NullLogger<AnswerCache>.Instance, redis, seal), new(), metrics);

    private async Task<(AnswerSource, string?, string)> AnotherReplicaAsync(IConnectionMultiplexer redis)
    {
        var caption = await CaptionsOf(redis).DescribeAsync(Image, Cancel);
        return (caption.Source, caption.Reply.Text, caption.Reply.Model);
    }

    private sealed class Scripted : ICaptioner
    {
        public string Provider { get; set; } = "scripted";

        public string Question { get; set; } = "What is this?";

        public bool Paid => true;

        public bool Embedded => false;

        public ModelPrice? Price => null;

        public long TokensPerImage => 0;

        public CaptionerIdentity Identity { get; set; } = new("model", "parameters");

        public bool Unidentified { get; set; }

        public bool Fail { get; set; }

        public string? Answer { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public int Asked { get; private set; }

        public Task<CaptionerIdentity> IdentifyAsync(CancellationToken cancel) => Unidentified
            ? throw new ProviderFailedException(new ProviderFailure { Kind = FailureKind.Unavailable, Message = "gone" })
            : Task.FromResult(Identity);

        public async Task<ChatReply> DescribeAsync(ImageFile image, CancellationToken cancel)
        {
            Asked++;
            if (Gate is not null) await Gate.Task;
            return Fail
                ? new(null, new ProviderFailure { Kind = FailureKind.Unavailable }, new Usage(), "stated")
                : new(Answer ?? $"answer {Asked}", null, new Usage { InputTokens = 5 }, "stated");
        }
    }
}
