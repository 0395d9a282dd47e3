using System.Text.Json;
using Ipo.Tests.Fakes;

namespace Ipo.Tests.Cli.Hub;

/// <summary>A hub with one model, and a home folder to pull it into.</summary>
internal sealed class Pulling : IAsyncDisposable
{
    public const string Name = "some/clip";

    private readonly TempFolder _home = new();

    private Pulling(LocalHub hub) => Hub = hub;

    public LocalHub Hub { get; }

    public HubModel Model => Hub.Models[Name];

    public string Home => _home.Path;

    /// <summary>Where it is pulled to where nothing else is said.</summary>
    public string Folder => Path.Combine(Home, "models", "some", "clip");

    public string Staging => Folder + ".pulling";

    public RushingClock Clock { get; } = new();

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Large enough to be cut in several places.</summary>
    public static byte[] Weights { get; } = Bytes(1, 3_500_000);

    /// <summary>A hub with a model of few files: settings, a tokenizer, and weights in safetensors.</summary>
    public static async Task<Pulling> StartAsync()
    {
        var pulling = new Pulling(await LocalHub.StartAsync());
        pulling.Hub.Models[Name] = new();
        pulling.Model.Add("config.json", """{ "model_type": "clip" }""");
        pulling.Model.Add("preprocessor_config.json", "{}");
        pulling.Model.Add("vocab.json", "{}");
        pulling.Model.Add("merges.txt", "#version\n");
        pulling.Model.Add("model.safetensors", Weights, isLarge: true);
        return pulling;
    }

    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A command line with the hub in its environment.</summary>
    public CommandLine Line()
    {
        var line = new CommandLine { Time = Clock };
        line.Environment["IPO_HOME"] = Home;
        line.Environment["HF_ENDPOINT"] = Hub.Endpoint;
        foreach (var (name, value) in Environment) line.Environment[name] = value;
        return line;
    }

    /// <summary>Runs <c>ipo model pull some/clip</c>.</summary>
    public async Task<(int Code, CommandLine Line)> PullAsync(params string[] options)
    {
        var line = Line();
        return (await line.RunAsync(["model", "pull", Name, .. options]), line);
    }

    /// <summary>What was asked of a file's content.</summary>
    public IReadOnlyList<HubRequest> Sent(string file) => [.. Hub.Requests.Where(request => request.Host == "store" && request.Path.EndsWith($"/{file}", StringComparison.Ordinal))];

    public IEnumerable<string> Pulled => Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public JsonElement Record()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "ipo-pull.json")));
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        _home.Dispose();
    }
}
