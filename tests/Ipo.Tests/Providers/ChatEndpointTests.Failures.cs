using System.Net;
using System.Net.Sockets;
using Ipo.Providers;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed partial class ChatEndpointTests
{
    [Theory]
    [InlineData(429, FailureKind.RateLimited)]
    [InlineData(500, FailureKind.Unavailable)]
    [InlineData(503, FailureKind.Unavailable)]
    [InlineData(408, FailureKind.Unavailable)]
    [InlineData(401, FailureKind.Unauthorized)]
    [InlineData(403, FailureKind.Unauthorized)]
    [InlineData(400, FailureKind.Rejected)]
    [InlineData(404, FailureKind.Rejected)]
    [InlineData(307, FailureKind.Rejected)]
    public async Task Names_a_refusal_by_its_status_and_asks_only_once(int status, FailureKind kind)
    {
        server.Then(OpenAiAnswer.Status(status));

        var failure = await FailAsync();

        Assert.Equal(kind, failure.Kind);
        Assert.Contains($"HTTP {status}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("model-1 at 127.0.0.1", failure.Message, StringComparison.Ordinal);
        Assert.Null(failure.RetryAfter);
    }

    [Theory]
    [InlineData(17, "Retry-After", "17")]
    [InlineData(7.66, "Retry-After", "7.66")]
    [InlineData(2.5, "retry-after-ms", "2500")]
    [InlineData(20, "x-ratelimit-reset-requests", "20s")]
    public async Task Reads_how_long_to_wait_from_headers(double seconds, string header, string value)
    {
        server.Then(OpenAiAnswer.Status(429).With(header, value)).Then(OpenAiAnswer.Status(503).With(header, value));

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await AskAsync()).Failure!.RetryAfter.ToTimeSpan());
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await AskAsync()).Failure!.RetryAfter.ToTimeSpan());
    }

    [Fact]
    public async Task Reads_how_long_to_wait_from_the_body()
    {
        const string body = """
            [{"error":{"code":429,"message":"Too many.","status":"RESOURCE_EXHAUSTED",
              "details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}]
            """;
        server.Then(OpenAiAnswer.Status(429, body: body)).Then(OpenAiAnswer.Body("""{"error":{"code":429,"message":"Try again in 2m5s"}}"""));

        Assert.Equal(TimeSpan.FromSeconds(34), (await AskAsync()).Failure!.RetryAfter.ToTimeSpan());
        Assert.Equal(TimeSpan.FromSeconds(125), (await AskAsync()).Failure!.RetryAfter.ToTimeSpan());
    }

    [Fact]
    public async Task Reads_how_long_to_wait_as_a_date()
    {
        var now = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        server.Then(OpenAiAnswer.Status(503, retryAfter: "Tue, 24 Nov 2026 12:01:30 GMT")).Then(OpenAiAnswer.Status(429, retryAfter: "Tue, 24 Nov 2026 11:00:00 GMT"));
        var time = new FakeTimeProvider(now);

        Assert.Equal(TimeSpan.FromSeconds(90), (await AskAsync(time: time)).Failure!.RetryAfter.ToTimeSpan());
        Assert.Equal(TimeSpan.Zero, (await AskAsync(time: time)).Failure!.RetryAfter.ToTimeSpan());
    }

    [Theory]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("""{"choices":{}}""")]
    [InlineData("""{"choices":[1]}""")]
    [InlineData("""{"choices":[{"text":"legacy"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"\ud800"}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"unfinished""")]
    [InlineData("""{"error":"upstream failed"}""")]
    public async Task Calls_what_is_no_completion_malformed(string body)
    {
        server.Then(OpenAiAnswer.Body(body));

        Assert.Equal(FailureKind.Malformed, (await FailAsync()).Kind);
    }

    [Fact]
    public async Task Reads_an_upstream_status_inside_a_success()
    {
        server.Then(OpenAiAnswer.Body("""{"error":{"code":429,"message":"Upstream is busy"}}"""));

        Assert.Equal(FailureKind.RateLimited, (await FailAsync()).Kind);
    }

    public static TheoryData<string> Empties => ["""{"choices":[],"usage":{"prompt_tokens":9}}""", """{"choices":[{"message":{"content":null}}],"usage":{"prompt_tokens":9}}""",
        """{"choices":[{"message":{"content":"  "}}],"usage":{"prompt_tokens":9}}""", """{"choices":[{"message":{"content":null,"refusal":"I can't."}}],"usage":{"prompt_tokens":9}}"""];

    [Theory]
    [MemberData(nameof(Empties))]
    public async Task Calls_an_answer_without_text_empty_and_still_counts_its_tokens(string body)
    {
        server.Then(OpenAiAnswer.Body(body));

        var reply = await AskAsync();

        Assert.Equal(FailureKind.Empty, reply.Failure!.Kind);
        Assert.Null(reply.Text);
        Assert.Equal(9, reply.Usage.InputTokens);
    }

    [Fact]
    public async Task Gives_up_on_a_hanging_server_after_the_configured_time()
    {
        server.Then(OpenAiAnswer.Hang());

        var reply = await AskAsync(options => options with { Timeout = TimeSpan.FromMilliseconds(150) });

        Assert.Equal(FailureKind.TimedOut, reply.Failure!.Kind);
        Assert.Contains("0.15 s; raise Ipo:Test:Timeout", reply.Failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Leaves_cancellation_by_the_caller_a_cancellation()
    {
        server.Then(OpenAiAnswer.Hang());
        using var cancel = new CancellationTokenSource();
        using var endpoint = Endpoint();

        var asked = endpoint.AskAsync(new ChatQuestion("?"), cancel.Token);
        while (server.Requests.Count == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Calls_a_cut_connection_unavailable_and_does_not_ask_again()
    {
        server.Then(OpenAiAnswer.Text("warms the connection up")).Then(OpenAiAnswer.Break());
        using var endpoint = Endpoint();
        await endpoint.AskAsync(new ChatQuestion("?"), TestContext.Current.CancellationToken);

        var reply = await endpoint.AskAsync(new ChatQuestion("?"), TestContext.Current.CancellationToken);

        Assert.Equal(FailureKind.Unavailable, reply.Failure!.Kind);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Says_where_nothing_listens()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0); // bound and not listening: a connection is refused
        taken.Server.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var reply = await AskAsync(options => options with { Endpoint = $"http://{taken.LocalEndpoint}/v1" });

        Assert.Equal(FailureKind.Unreachable, reply.Failure!.Kind);
        Assert.Contains("Nothing listens", reply.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_an_answer_without_end()
    {
        server.Then(OpenAiAnswer.Body(new string('x', 5 * 1024 * 1024)));

        Assert.Equal(FailureKind.Malformed, (await FailAsync()).Kind);
    }
}
