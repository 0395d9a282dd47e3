using Ipo.Providers;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed partial class ChatEndpointTests : IAsyncLifetime
{
    private const string Key = "sk-canary-3f9a1c77e2";

    private OpenAiServer server = null!;

    public async ValueTask InitializeAsync() => server = await OpenAiServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Sends_model_key_text_temperature_limit_and_seed()
    {
        await AskAsync(new ChatQuestion("Which template is better?", Temperature: 0.7, MaxOutputTokens: 300, Seed: 0));

        var request = server.Request;
        Assert.Equal("/v1/chat/completions", request.Path);
        Assert.Equal($"Bearer {Key}", request.Authorization);
        Assert.Equal("model-1", request.Model);
        Assert.Equal("Which template is better?", request.Text);
        Assert.Equal(0.7, request.Body.GetProperty("temperature").GetDouble());
        Assert.Equal(300, request.Body.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal(0, request.Body.GetProperty("seed").GetInt64());
    }

    [Fact]
    public async Task Leaves_out_the_seed_where_the_server_takes_none()
    {
        await AskAsync(new ChatQuestion("x", Seed: 7), options => options with { SendSeed = false });

        Assert.False(server.Request.Body.TryGetProperty("seed", out _));
    }

    [Fact]
    public async Task Leaves_out_what_was_not_given_and_keeps_the_configured_limit()
    {
        await AskAsync(new ChatQuestion("?"), options => options with { MaxOutputTokens = 40, MaxOutputTokensField = "max_tokens" });

        Assert.Equal(40, server.Request.Body.GetProperty("max_tokens").GetInt32());
        Assert.False(server.Request.Body.TryGetProperty("temperature", out _));
        Assert.False(server.Request.Body.TryGetProperty("seed", out _));
    }

    [Fact]
    public async Task Sends_an_image_as_a_data_url()
    {
        await AskAsync(new ChatQuestion("What is this?", Jpeg: new byte[] { 1, 2, 3 }));

        Assert.Equal("What is this?", server.Request.Text);
        Assert.Equal("data:image/jpeg;base64,AQID", server.Request.ImageUrl);
    }

    [Fact]
    public async Task Returns_text_usage_price_and_the_model_that_the_answer_states()
    {
        server.Then(OpenAiAnswer.Text("  as it came\n", model: "another-model-2", inputTokens: 1001, outputTokens: 3));

        var reply = await AskAsync(options => options with { InputPricePerMillionTokens = 0.5m, OutputPricePerMillionTokens = 10 });

        Assert.Equal("  as it came\n", reply.Text);
        Assert.Equal("another-model-2", reply.Model);
        Assert.Equal((1001, 3), (reply.Usage.InputTokens, reply.Usage.OutputTokens));
        Assert.Equal(531, reply.Usage.CostMicroUsd); // 500.5 + 30, rounded up
        Assert.True(reply.Usage.Latency.ToTimeSpan() > TimeSpan.Zero);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":900}""", 900, 0)]
    [InlineData("""{"prompt_tokens":12.0,"completion_tokens":7}""", 0, 7)]
    [InlineData("""{}""", 0, 0)]
    public async Task Prices_nothing_where_the_server_states_a_part_of_the_tokens(string usage, long input, long output)
    {
        server.Then(OpenAiAnswer.Body($$"""{"usage":{{usage}},"choices":[{"message":{"content":"x"} }]}"""));

        var reply = await AskAsync(options => options with { InputPricePerMillionTokens = 0.5m, OutputPricePerMillionTokens = 10 });

        Assert.Equal((input, output, 0), (reply.Usage.InputTokens, reply.Usage.OutputTokens, reply.Usage.CostMicroUsd));
    }

    [Fact]
    public async Task Returns_an_answer_that_was_cut_at_its_limit_as_it_is()
    {
        server.Then(OpenAiAnswer.Text("<INS>a photo of", finishReason: "length"));

        Assert.Equal("<INS>a photo of", (await AskAsync()).Text);
    }

    [Fact]
    public async Task Takes_what_a_model_thinks_before_it_writes_for_no_answer()
    {
        server.Then(OpenAiAnswer.Text("<thinking>a <INS>x</INS></thinking>\nB"));

        Assert.Equal("\nB", (await AskAsync()).Text);
    }

    [Theory]
    [InlineData("""{"type":"thinking","thinking":[{"type":"text","text":"a"}]}""")]
    [InlineData("""{"type":"reasoning","text":"a"}""")]
    [InlineData("""{"type":"redacted_thinking","text":"a"}""")]
    [InlineData("""{"type":"text","thought":true,"text":"a"}""")]
    public async Task Takes_a_part_that_is_a_thought_for_no_answer(string part)
    {
        server.Then(OpenAiAnswer.Body($$"""{"choices":[{"message":{"content":[{{part}},{"type":"text","text":"B"},"C"]} }]}"""));

        Assert.Equal("BC", (await AskAsync()).Text);
    }

    [Fact]
    public async Task Reads_an_answer_behind_a_byte_order_mark()
    {
        server.Then(OpenAiAnswer.Body("\ufeff" + """{"choices":[{"message":{"content":"B"}}]}"""));
        Assert.Equal("B", (await AskAsync()).Text);

        server.Then(OpenAiAnswer.Status(400, body: "\ufeff" + """{"error":{"message":"no such thing"}}"""));
        Assert.Contains("no such thing", (await AskAsync()).Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "length")]
    [InlineData("", "model_length")]
    [InlineData(" <think>the object is", "MAX_TOKENS")]
    [InlineData("<|channel|>analysis<|message|>the", "max_tokens")]
    public async Task Names_the_limit_that_was_reached_before_any_text(string? content, string finish)
    {
        server.Then(OpenAiAnswer.Text(content, finishReason: finish));

        var failure = await FailAsync();

        Assert.Equal(FailureKind.LimitReached, failure.Kind);
        Assert.Contains("reached the limit of 8192 tokens before it wrote any text", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Raise Ipo:Test:MaxOutputTokens", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_choice_that_ended_in_an_error_for_no_answer()
    {
        server.Then(OpenAiAnswer.Body("""{"usage":{"prompt_tokens":9},"choices":[{"finish_reason":"error","error":{"code":502,"message":"upstream left"},"message":{"content":"half"}}]}"""));
        var reply = await AskAsync();
        Assert.Equal((FailureKind.Unavailable, null, 9), (reply.Failure!.Kind, reply.Text, reply.Usage.InputTokens));
        Assert.Contains("\"upstream left\"", reply.Failure.Message, StringComparison.Ordinal);

        server.Then(OpenAiAnswer.Body("""{"choices":[{"finish_reason":"error","message":{"content":"half"}}]}"""));
        Assert.Equal(FailureKind.Malformed, (await AskAsync()).Failure!.Kind);
    }

    [Theory]
    [InlineData("""{"object":"error","message":"This model's maximum context length is 4096","code":400}""", "This model's maximum context length is 4096")]
    [InlineData("""[{"error":{"code":400,"message":"Invalid JSON payload. Unknown name 'seed'"}}]""", "Invalid JSON payload. Unknown name 'seed'")]
    [InlineData("""{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}}""", "body.seed Extra inputs are not permitted")]
    [InlineData("""{"detail":"Not authenticated"}""", "Not authenticated")]
    public async Task Quotes_the_reason_of_a_refusal_in_the_forms_that_servers_send(string body, string reason)
    {
        server.Then(OpenAiAnswer.Status(400, body: body));

        var message = (await FailAsync()).Message;

        Assert.Contains($"(\"{reason}\")", message, StringComparison.Ordinal);
        Assert.Contains("see Ipo:Test:SendSeed and Ipo:Test:MaxOutputTokensField", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(402, "insufficient credits", "payment", FailureKind.Unauthorized, "its account is out of credit (\"payment insufficient credits\"). Top it up")]
    [InlineData(429, "You exceeded your current quota", "insufficient_quota", FailureKind.Unauthorized, "its account is out of credit")]
    [InlineData(429, "Too many requests", "rate_limit_exceeded", FailureKind.RateLimited, "slow down")]
    [InlineData(403, "no access", "forbidden", FailureKind.Unauthorized, "it refused the key, or what was asked")]
    public async Task Tells_an_empty_account_from_a_busy_server_and_a_refused_key(int status, string said, string code, FailureKind kind, string expected)
    {
        server.Then(OpenAiAnswer.Status(status, said, code));

        var failure = await FailAsync();

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_moderation_from_a_refused_key()
    {
        server.Then(OpenAiAnswer.Status(403, body: """{"error":{"code":403,"message":"flagged","metadata":{"reasons":["violence"],"flagged_input":"a"}}}"""));

        var failure = await FailAsync();

        Assert.Equal(FailureKind.Rejected, failure.Kind);
        Assert.Contains("its moderation refused what was asked", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_finish_reason_it_does_not_know_and_content_in_parts()
    {
        server.Then(OpenAiAnswer.Body("""{"choices":[{"finish_reason":"eos_token","message":{"content":[{"type":"text","text":"one "},{"type":"text","text":"two"}]}}]}"""));

        var reply = await AskAsync();

        Assert.Equal(("one two", "", 0), (reply.Text, reply.Model, reply.Usage.InputTokens));
    }

    [Fact]
    public async Task Quotes_the_provider_briefly_and_never_the_key()
    {
        server.Then(OpenAiAnswer.Status(400, $"Bad <b>field</b>\r\n\u202e{new string('y', 900)}", "bad_field"))
            .Then(OpenAiAnswer.Status(400, $"The key {Key} may not do this"))
            .Then(OpenAiAnswer.Status(500, $"It begins with {Key[..9]}"))
            .Then(OpenAiAnswer.Status(401, "whatever it says"))
            .Then(OpenAiAnswer.Status(500, body: $"<html>{Key}</html>"));
        var messages = new List<string>();
        for (var at = 0; at < 5; at++) messages.Add((await AskAsync()).Failure!.Message);

        Assert.Contains("(\"bad_field Bad b field /b yyy", messages[0], StringComparison.Ordinal);
        Assert.InRange(messages[0].Length, 200, 400);
        Assert.All(messages, message => Assert.DoesNotContain(Key[..9], message, StringComparison.Ordinal));
        Assert.DoesNotContain("whatever", messages[3], StringComparison.Ordinal);
        Assert.All(messages, message => Assert.DoesNotContain("html", message, StringComparison.Ordinal));
    }

    private ChatEndpoint Endpoint(Func<ChatEndpointOptions, ChatEndpointOptions>? change = null, TimeProvider? time = null)
    {
        var options = new ChatEndpointOptions { Endpoint = server.Endpoint.ToString(), Model = "model-1", ApiKey = new Secret(Key), Timeout = TimeSpan.FromSeconds(20) };
        return new ChatEndpoint(change?.Invoke(options) ?? options, "Ipo:Test", time ?? TimeProvider.System);
    }

    private Task<ChatReply> AskAsync(Func<ChatEndpointOptions, ChatEndpointOptions>? change = null, TimeProvider? time = null) =>
        AskAsync(new ChatQuestion("?"), change, time);

    private async Task<ChatReply> AskAsync(ChatQuestion question, Func<ChatEndpointOptions, ChatEndpointOptions>? change = null, TimeProvider? time = null)
    {
        using var endpoint = Endpoint(change, time);
        return await endpoint.AskAsync(question, TestContext.Current.CancellationToken);
    }

    private async Task<ProviderFailure> FailAsync()
    {
        var reply = await AskAsync();
        Assert.Null(reply.Text);
        Assert.Single(server.Requests);
        return Assert.IsType<ProviderFailure>(reply.Failure);
    }
}
