using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ipo.Tests.Fakes;

namespace Ipo.IntegrationTests.Faults;

/// <summary>A language and multimodal model behind OpenAI's protocol that counts. Its answer follows from the question alone, so that runs that
/// ask the same are told the same.</summary>
internal sealed class LanguageModelServer : IAsyncDisposable
{
    private static readonly string[] Openings = ["a photo of", "a picture of", "a drawing of", "an image of", "one", "a view of", "a sketch of", "a print of"];
    private static readonly string[] Ends = ["", " in the sun", " on paper", " from above", ", close by", " at night", " in a garden", " in colour"];

    private readonly ConcurrentDictionary<string, int> _asked = new();
    private readonly OpenAiServer _server;
    private int _underWay;

    private LanguageModelServer(OpenAiServer server) => _server = server;

    public Uri Endpoint => _server.Endpoint;

    /// <summary>How long it takes over an answer.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Told when a question has come, and when its answer has been sent.</summary>
    public Func<string, Task> Passes { get; set; } = _ => Task.CompletedTask;

    /// <summary>Requests so far: what each costs.</summary>
    public int Requests => _asked.Values.Sum();

    /// <summary>Questions that it is thinking about.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Different questions so far.</summary>
    public int Questions => _asked.Count;

    /// <summary>Requests beyond the first of each question.</summary>
    public int Again => _asked.Values.Sum(times => times - 1);

    public static async Task<LanguageModelServer> StartAsync()
    {
        var server = new LanguageModelServer(await OpenAiServer.StartAsync());
        server._server.Otherwise = new(async (context, request) =>
        {
            var question = Digest(request.Text + request.ImageUrl);
            server._asked.AddOrUpdate(question, 1, (_, times) => times + 1);
            await server.Passes($"model is asked {question}");
            Interlocked.Increment(ref server._underWay);
            try { await Task.Delay(server.Latency, context.RequestAborted); }
            finally { Interlocked.Decrement(ref server._underWay); }
            var text = request.ImageUrl is null ? Candidates(question) : $"{Openings[question[0] % Openings.Length]} it{Ends[question[1] % Ends.Length]}, number {question}";
            await OpenAiAnswer.Text(text).WriteAsync(context, request);
            await context.Response.CompleteAsync();
            await server.Passes($"model has answered {question}");
        });
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Candidates(string question) => string.Join('\n', Enumerable.Range(0, 4).Select(number =>
        $"<INS>{Openings[(question[number] + number) % Openings.Length]} a <CLASS>{Ends[question[number + 4] % Ends.Length]}.</INS>"));

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
