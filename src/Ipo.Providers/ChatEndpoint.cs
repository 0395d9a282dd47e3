using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Ipo.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenAI;
using OpenAI.Chat;

namespace Ipo.Providers;

/// <summary>Asks a model behind an OpenAI-compatible endpoint, once for each question: only the caller's journal knows
/// what an answer may cost. Only a request that was refused for one of its fields, which costs nothing, is sent again
/// without it. What goes wrong comes back as a named <see cref="ProviderFailure"/>.</summary>
/// <remarks>Requests and answers are JSON of our own (<see cref="ChatRequest"/>, <see cref="ChatAnswer"/>) over the
/// package's pipeline. Its typed ones throw where a compatible server answers a little otherwise: no choices, an
/// unknown finish reason, another name for the token limit.</remarks>
public sealed partial class ChatEndpoint : IDisposable
{
    /// <summary>The source of the span around each call.</summary>
    public const string ActivitySourceName = "Ipo.Providers";

    // A longer answer is not one to a question for a few templates or a description, whatever the server claims.
    private const int LargestAnswerBytes = 4 * 1024 * 1024;

    private static readonly ActivitySource Source = new(ActivitySourceName);

    private readonly ChatEndpointOptions options;
    private readonly FailureMessages failures;
    private readonly TimeProvider time;
    private readonly HttpClient http;
    private readonly ChatClient client;
    private readonly RequestForm form;
    private readonly string path;
    private readonly ILogger log;

    /// <param name="options">A configured endpoint (<see cref="ChatEndpointOptions.IsConfigured"/>).</param>
    /// <param name="path">The configuration path of the options, for messages, for instance
    /// <c>Ipo:PromptGen:OpenAI</c>.</param>
    /// <param name="time">The clock for the time limit, latency and Retry-After dates.</param>
    /// <param name="proxy">Which proxy is asked for which address; null is the environment's (http_proxy, no_proxy …).</param>
    /// <param name="log">Told once of each field that the endpoint does not take.</param>
    public ChatEndpoint(
        ChatEndpointOptions options, string path, TimeProvider time, IWebProxy? proxy = null, ILogger<ChatEndpoint>? log = null)
    {
        (this.options, this.path, this.time, this.log) = (options, path, time, log ?? NullLogger<ChatEndpoint>.Instance);
        form = new RequestForm(options);
        proxy ??= HttpClient.DefaultProxy;
        failures = new FailureMessages(options, path, EndpointProxy.To(options.Address, proxy), time);
        // No redirects: they would turn a paid question into a second, different request.
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseProxy = !EndpointProxy.IsPassedOver(options.Address),
            Proxy = proxy,
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        client = new ChatClient(
            options.Model.Trim(), new ApiKeyCredential(options.ApiKey.IsSet ? options.ApiKey.Reveal() : "none"), new OpenAIClientOptions
            {
                Endpoint = options.Address,
                RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
                NetworkTimeout = System.Threading.Timeout.InfiniteTimeSpan, // the limit below covers the body too
                Transport = new HttpClientPipelineTransport(http),
            });
    }

    /// <summary>Name of the model that is asked.</summary>
    public string Model => options.Model.Trim();

    /// <summary>The prices by which calls are counted; null where none are known.</summary>
    public ModelPrice? Price => options.Price;

    /// <summary>SHA-256 of all that decides an answer: where, who, what is asked and how, as 64 hexadecimal digits.</summary>
    public string DigestOf(ChatQuestion question)
    {
        var configured = new RequestFields(
            question.Temperature, options.MaxOutputTokensField, question.MaxOutputTokens ?? options.MaxOutputTokens,
            options.SendSeed ? question.Seed : null);
        // The seed counts also where it is not sent: calls that differ in it ask for another answer.
        var request = ChatRequest.Write(question, Model, configured).ToMemory().Span;
        return Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{options.Address}\n{question.Seed}\n"), .. request]));
    }

    /// <summary>Sends one request and reads its answer within the configured time.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; what the provider did by then may still be
    /// charged.</exception>
    public async Task<ChatReply> AskAsync(ChatQuestion question, CancellationToken cancel)
    {
        using var span = Source.StartActivity($"chat {Model}", ActivityKind.Client);
        span?.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.request.model", Model).SetTag("server.address", options.Address.Host);

        var started = time.GetTimestamp();
        var reply = await ExchangeAsync(question, cancel);
        reply.Usage.Latency = Duration.FromTimeSpan(time.GetElapsedTime(started));

        span?.SetTag("gen_ai.response.model", reply.Model)
            .SetTag("gen_ai.usage.input_tokens", reply.Usage.InputTokens)
            .SetTag("gen_ai.usage.output_tokens", reply.Usage.OutputTokens);
        if (reply.Failure is { } failure)
            span?.SetTag("error.type", failure.Kind.ToString()).SetStatus(ActivityStatusCode.Error, failure.Message);
        return reply;
    }

    private async Task<ChatReply> ExchangeAsync(ChatQuestion question, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            var first = form.FieldsOf(question);
            for (var fields = first; ;)
            {
                using var response = await SendAsync(question, fields, either.Token);
                var body = await ReadAsync(response, either.Token);
                if (response.Status is 400 or 422 && body is { } refusal && ChatAnswer.ReadError(refusal) is { } error
                    && RequestForm.Without(fields, error) is { } fewer)
                {
                    fields = fewer;
                    continue;
                }
                if (response.Status is < 200 or > 299) return Failed(failures.Refused(response, body));
                foreach (var change in form.Learn(first, fields)) FieldRefused(log, Model, options.Address.Authority, change, path);
                return body is null ? Failed(failures.TooLong(LargestAnswerBytes)) : Read(ChatAnswer.Read(body.Value), response);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return Failed(failures.TimedOut());
        }
        catch (Exception broken)
            when (broken is ClientResultException or HttpRequestException or IOException && !cancel.IsCancellationRequested)
        {
            return Failed(failures.Unreachable(broken));
        }
    }

    private async Task<PipelineResponse> SendAsync(ChatQuestion question, RequestFields fields, CancellationToken cancel)
    {
        using var content = BinaryContent.Create(ChatRequest.Write(question, Model, fields));
        var request = new RequestOptions
        {
            CancellationToken = cancel,
            BufferResponse = false,
            ErrorOptions = ClientErrorBehaviors.NoThrow,
        };
        return (await client.CompleteChatAsync(content, request)).GetRawResponse();
    }

    private ChatReply Read(ChatAnswer answer, PipelineResponse response)
    {
        var usage = new Usage { InputTokens = answer.InputTokens, OutputTokens = answer.OutputTokens, CostMicroUsd = Cost(answer) };
        var failure = answer.Fault is { } fault ? failures.Unusable(fault, answer.Error, response) : null;
        return new ChatReply(failure is null ? answer.Text : null, failure, usage, answer.Model);
    }

    // Dollars per million tokens are micro-dollars per token. Rounded up, so that a budget is never undercounted; and
    // nothing at all where the server states one count alone, because a part would pass for the whole.
    private long Cost(ChatAnswer answer) => !answer.IsCounted || options.Price is not { } price ? 0
        : (long)Math.Ceiling((answer.InputTokens * price.Input) + (answer.OutputTokens * price.Output));

    private ChatReply Failed(ProviderFailure failure) => new(null, failure, new Usage(), Model);

    /// <returns>The body, or null where it is larger than any answer may be.</returns>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(PipelineResponse response, CancellationToken cancel)
    {
        if (response.ContentStream is not { } stream) return ReadOnlyMemory<byte>.Empty;
        var body = new MemoryStream();
        var part = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(part, cancel)) > 0;)
        {
            if (body.Length + read > LargestAnswerBytes) return null;
            body.Write(part, 0, read);
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    public void Dispose() => http.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "{Model} at {Address} refused a field of the request: {Change}, from now on. {Path} has the settings")]
    private static partial void FieldRefused(ILogger log, string model, string address, string change, string path);
}
