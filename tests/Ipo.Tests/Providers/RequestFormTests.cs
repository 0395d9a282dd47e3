using Ipo.Providers;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class RequestFormTests : IAsyncLifetime
{
    private static readonly ChatQuestion Full = new("?", Temperature: 0.7, Seed: 42);

    private static readonly string[] FieldsOfFull = ["max_completion_tokens", "seed", "temperature"];

    private readonly KeptLog log = new();
    private OpenAiServer server = null!;
    private ChatEndpoint endpoint = null!;

    public async ValueTask InitializeAsync()
    {
        server = await OpenAiServer.StartAsync();
        endpoint = Endpoint(new());
    }

    public ValueTask DisposeAsync()
    {
        endpoint.Dispose();
        return server.DisposeAsync();
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        // The field refused, the body that says so, and the fields sent instead.
        { "temperature", """{"error":{"message":"Unsupported value: 'temperature' does not support 0.7 with this model.","param":"temperature","code":"unsupported_value"}}""", "max_completion_tokens seed" },
        { "temperature", """{"error":{"message":"`temperature` is deprecated for this model.","type":"invalid_request_error"}}""", "max_completion_tokens seed" },
        { "seed", """[{"error":{"code":400,"message":"Unknown name \"seed\": Cannot find field.","status":"INVALID_ARGUMENT"}}]""", "max_completion_tokens temperature" },
        { "seed", """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}}""", "max_completion_tokens temperature" },
        { "max_completion_tokens", """{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"field not permitted"}]}""", "max_tokens seed temperature" },
        { "max_completion_tokens", """{"error":{"message":"max_completion_tokens is too large: 8192. This model supports at most 4096 completion tokens.","param":"max_completion_tokens"}}""", "seed temperature" },
        { "temperature", """{"error":"unknown fields: temperature, seed"}""", "max_completion_tokens" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Leaves_out_or_renames_a_field_that_is_refused_once_and_for_all(string field, string body, string instead)
    {
        RefuseWhereThereIs(field, body);

        var first = await AskAsync(Full);
        var second = await AskAsync(Full with { Seed = 43 });

        Assert.Equal(("a <CLASS>", "a <CLASS>"), (first.Text, second.Text));
        Assert.Equal(["max_completion_tokens seed temperature", instead, instead], server.Requests.Select(FieldsOf));
        var line = log.Lines[0].Text;
        Assert.Equal(Differences(instead), log.Lines.Count);
        Assert.Contains("model-1 at 127.0.0.1", line, StringComparison.Ordinal);
        Assert.Contains("Ipo:Test has the settings", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_a_smaller_limit_where_a_larger_one_was_too_large()
    {
        server.Otherwise = OpenAiAnswer.From(request => FieldsOf(request).Contains("max_completion_tokens", StringComparison.Ordinal)
            && request.Body.GetRawText().Contains("8192", StringComparison.Ordinal)
            ? OpenAiAnswer.Status(400, """{"error":{"message":"max_completion_tokens is too large: 8192. At most 4096.","param":"max_completion_tokens"}}""")
            : OpenAiAnswer.Text("a <CLASS>"));

        await AskAsync(new("?", MaxOutputTokens: 8192));
        await AskAsync(new("?", MaxOutputTokens: 8192));
        await AskAsync(new("?", MaxOutputTokens: 100));

        Assert.Equal(["max_completion_tokens", "", "", "max_completion_tokens"], server.Requests.Select(FieldsOf));
        Assert.Contains("the limit of 8192 tokens is left out", Assert.Single(log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_name_of_the_limit_that_newer_models_insist_on()
    {
        endpoint.Dispose();
        endpoint = Endpoint(new() { MaxOutputTokensField = "max_tokens" });
        RefuseWhereThereIs("max_tokens",
            """{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens"}}""");

        await AskAsync(new("?"));
        await AskAsync(new("?"));

        Assert.Equal(["max_tokens", "max_completion_tokens", "max_completion_tokens"], server.Requests.Select(FieldsOf));
        Assert.Contains("the limit of tokens is sent as max_completion_tokens, from now on", Assert.Single(log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaves_out_a_limit_that_is_refused_by_both_of_its_names()
    {
        server.Otherwise = OpenAiAnswer.From(request => FieldsOf(request) is { Length: > 0 } field
            ? OpenAiAnswer.Status(400, $"No field {field}.") : OpenAiAnswer.Text("a <CLASS>"));

        Assert.Equal("a <CLASS>", (await AskAsync(new("?"))).Text);
        Assert.Equal("a <CLASS>", (await AskAsync(new("?"))).Text);

        Assert.Equal(["max_completion_tokens", "max_tokens", "", ""], server.Requests.Select(FieldsOf));
    }

    [Fact]
    public async Task Asks_again_with_another_temperature()
    {
        server.Otherwise = OpenAiAnswer.From(request =>
            request.Body.TryGetProperty("temperature", out var temperature) && temperature.GetDouble() > 1
                ? OpenAiAnswer.Status(400, "temperature: range: 0..1") : OpenAiAnswer.Text("a <CLASS>"));

        await AskAsync(new("?", Temperature: 1.5));
        await AskAsync(new("?", Temperature: 0.5));
        await AskAsync(new("?", Temperature: 1.5));

        Assert.Equal(["max_completion_tokens temperature", "max_completion_tokens", "max_completion_tokens temperature", "max_completion_tokens"],
            server.Requests.Select(FieldsOf));
    }

    [Theory]
    [InlineData(400, "The model cannot see images.")]
    [InlineData(401, "temperature")]
    [InlineData(429, "seed")]
    [InlineData(500, "max_completion_tokens")]
    [InlineData(400, "The image's temperature2 and preseed are wrong.")]
    public async Task Asks_once_where_no_field_is_refused(int status, string said)
    {
        server.Otherwise = OpenAiAnswer.Status(status, said);

        Assert.NotNull((await AskAsync(Full)).Failure);

        Assert.Single(server.Requests);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Forgets_what_did_not_help()
    {
        server.Otherwise = OpenAiAnswer.Status(400, "temperature, seed and max_tokens are fine, your max_completion_tokens too.");

        Assert.Equal(FailureKind.Rejected, (await AskAsync(Full)).Failure!.Kind);
        var asked = server.Requests.Count;
        server.Otherwise = OpenAiAnswer.Text("a <CLASS>");
        await AskAsync(Full);

        Assert.InRange(asked, 2, 4);
        Assert.Equal("max_completion_tokens seed temperature", FieldsOf(server.Requests[^1]));
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Says_once_of_calls_at_once_what_was_refused()
    {
        RefuseWhereThereIs("temperature", """{"error":{"message":"no","param":"temperature"}}""");

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(Full)));

        Assert.All(replies, reply => Assert.Null(reply.Failure));
        Assert.Single(log.Lines);
    }

    // Of the fields that are left out or renamed, a line each.
    private static int Differences(string instead) =>
        FieldsOfFull.Count(field => !instead.Split(' ').Contains(field));

    private void RefuseWhereThereIs(string field, string body) => server.Otherwise = OpenAiAnswer.From(request =>
        request.Body.TryGetProperty(field, out _) ? OpenAiAnswer.Status(400, body: body) : OpenAiAnswer.Text("a <CLASS>"));

    private static string FieldsOf(OpenAiRequest request) => string.Join(' ', request.Body.EnumerateObject().Select(field => field.Name)
        .Where(name => name is not ("model" or "messages")).Order(StringComparer.Ordinal));

    private ChatEndpoint Endpoint(ChatEndpointOptions options) => new(
        options with { Endpoint = server.Endpoint.ToString(), Model = "model-1" }, "Ipo:Test", TimeProvider.System,
        log: new Logger<ChatEndpoint>(new LoggerFactory([log])));

    private Task<ChatReply> AskAsync(ChatQuestion question) => endpoint.AskAsync(question, TestContext.Current.CancellationToken);
}
