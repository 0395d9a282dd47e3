using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Ipo.Tests.Fakes;

/// <summary>A real HTTP server on a free port that speaks OpenAI's chat completions protocol and misbehaves as it is told.
/// Answers queued with <see cref="Then"/> are given once each, in order; after them every request gets <see cref="Otherwise"/>.</summary>
internal sealed class OpenAiServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<OpenAiRequest> requests = new();
    private readonly ConcurrentQueue<OpenAiAnswer> script = new();

    private OpenAiServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        app = builder.Build();
        app.MapFallback(AnswerAsync);
    }

    public static async Task<OpenAiServer> StartAsync()
    {
        var server = new OpenAiServer();
        await server.app.StartAsync();
        return server;
    }

    /// <summary>The base address to configure, with the version.</summary>
    public Uri Endpoint => new(new Uri(app.Urls.Single()), "/v1");

    /// <summary>What was asked so far, in order.</summary>
    public IReadOnlyList<OpenAiRequest> Requests => [.. requests];

    /// <summary>The one request there was.</summary>
    public OpenAiRequest Request => requests.Single();

    /// <summary>The answer to every request that the script has none for.</summary>
    public OpenAiAnswer Otherwise { get; set; } = OpenAiAnswer.Text("<INS>a photo of a <CLASS>.</INS>");

    /// <summary>Queues an answer for one request.</summary>
    public OpenAiServer Then(OpenAiAnswer answer)
    {
        script.Enqueue(answer);
        return this;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var request = new OpenAiRequest(
            context.Request.Path.Value ?? "",
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.RootElement.Clone());
        requests.Enqueue(request);
        if (request.Path != "/v1/chat/completions") context.Response.StatusCode = 404;
        else await (script.TryDequeue(out var scripted) ? scripted : Otherwise).WriteAsync(context, request);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>A request as the server got it.</summary>
internal sealed record OpenAiRequest(string Path, IReadOnlyDictionary<string, string> Headers, JsonElement Body)
{
    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    public string Model => Body.GetProperty("model").GetString()!;

    /// <summary>The text of the one message, whether it stands alone or beside an image.</summary>
    public string Text => Content.ValueKind == JsonValueKind.String ? Content.GetString()! : Content.EnumerateArray().First().GetProperty("text").GetString()!;

    /// <summary>The image's data URL, or null where there is no image.</summary>
    public string? ImageUrl => Content.ValueKind == JsonValueKind.String
        ? null
        : Content.EnumerateArray().Last().GetProperty("image_url").GetProperty("url").GetString();

    private JsonElement Content => Body.GetProperty("messages")[0].GetProperty("content");
}

/// <summary>What the server does with a request.</summary>
internal sealed record OpenAiAnswer(Func<HttpContext, OpenAiRequest, Task> Write)
{
    public Task WriteAsync(HttpContext context, OpenAiRequest request) => Write(context, request);

    /// <summary>The same with one more header.</summary>
    public OpenAiAnswer With(string header, string value) => new((context, request) =>
    {
        context.Response.Headers[header] = value;
        return Write(context, request);
    });

    /// <summary>A completion; it states the asked model unless another one is given.</summary>
    public static OpenAiAnswer Text(string? text, string? model = null, int inputTokens = 11, int outputTokens = 7, string finishReason = "stop", string? refusal = null) =>
        Json(request => new
        {
            id = "chatcmpl-1",
            @object = "chat.completion",
            created = 1_700_000_000,
            model = model ?? request.Model,
            choices = new[] { new { index = 0, message = new { role = "assistant", content = text, refusal }, finish_reason = finishReason } },
            usage = new { prompt_tokens = inputTokens, completion_tokens = outputTokens, total_tokens = inputTokens + outputTokens },
        });

    /// <summary>A completion with so many candidates, all different.</summary>
    public static OpenAiAnswer Candidates(int count) =>
        Text(string.Join('\n', Enumerable.Range(1, count).Select(number => $"<INS>a photo number {number} of a <CLASS>.</INS>")));

    /// <summary>A completion without a choice, already paid for.</summary>
    public static OpenAiAnswer NoChoice() =>
        Json(request => new { model = request.Model, choices = Array.Empty<object>(), usage = new { prompt_tokens = 11, completion_tokens = 0 } });

    /// <summary>An error status with OpenAI's error object, or with a body of its own.</summary>
    public static OpenAiAnswer Status(int status, string message = "It went wrong.", string code = "went_wrong", string? retryAfter = null, string? body = null) => new(async (context, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        if (body is null) await context.Response.WriteAsJsonAsync(new { error = new { message, code, type = "error" } });
        else await context.Response.WriteAsync(body);
    });

    /// <summary>Success with a body as it is.</summary>
    public static OpenAiAnswer Body(string body) => new(async (context, _) =>
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    });

    /// <summary>No answer until the client gives up.</summary>
    public static OpenAiAnswer Hang() => new((context, _) =>
    {
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    });

    /// <summary>An answer that comes when something else has happened.</summary>
    public static OpenAiAnswer After(Task other, OpenAiAnswer answer) => new(async (context, request) =>
    {
        await other;
        await answer.Write(context, request);
    });

    /// <summary>Half of a completion, then a cut connection.</summary>
    public static OpenAiAnswer Break() => new(async (context, _) =>
    {
        await context.Response.WriteAsync("{\"model\":\"m\",\"choices\":[");
        await context.Response.Body.FlushAsync();
        context.Abort();
    });

    /// <summary>An answer made from the request.</summary>
    public static OpenAiAnswer From(Func<OpenAiRequest, OpenAiAnswer> choose) => new((context, request) => choose(request).Write(context, request));

    private static OpenAiAnswer Json(Func<OpenAiRequest, object> body) => new((context, request) => context.Response.WriteAsJsonAsync(body(request)));
}
