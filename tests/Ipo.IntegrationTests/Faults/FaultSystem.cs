using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Net.Client;
using Ipo.IntegrationTests.Load;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>Every service as a process of its own at an address that stays, real redis-server, a language model that counts, and a tap before each
/// service that the orchestrator calls.</summary>
internal sealed class FaultSystem : IAsyncDisposable
{
    /// <summary>What a call costs at the prices that the services are told.</summary>
    public const long MicroUsdOfACall = (11 * 1) + (7 * 2);

    private readonly TempFolder _folder = new();
    private readonly GrpcChannel _channel;
    private readonly Dictionary<string, CallTap> _taps = [];

    private FaultSystem(LanguageModelServer model, IDictionary<string, string> orchestrator)
    {
        Model = model;
        Model.Passes = boundary => Passes(boundary);
        (Datasets, Data) = (Path.Combine(_folder, "datasets"), orchestrator.TryGetValue("Ipo__Orchestrator__DataDirectory", out var set) ? set : Path.Combine(_folder, "data"));
        Directory.CreateDirectory(Datasets);
        var redis = RedisPort = ServiceProcess.FreePort();
        Redis = new("redis", RedisCommand, IsRedisReadyAsync);
        Dictionary<string, string> cached = new()
        {
            ["ConnectionStrings__redis"] = $"127.0.0.1:{Text(redis)}",
            ["IPO_CACHE_SECRET"] = new('s', 32),
            ["IPO_BIND"] = "loopback",
        };
        ScorerSettings = new(cached);
        Scorer = ServiceProcess.Of("clip-scorer", "ClipScorer", ScorerSettings);
        CaptionerSettings = new(cached)
        {
            ["services__clip-scorer__grpc__0"] = Address(Scorer),
            ["Ipo__Captioner__Provider"] = "openai",
        };
        Ask(CaptionerSettings, "Ipo__Captioner__OpenAI");
        Captioner = ServiceProcess.Of("captioner", "Captioner", CaptionerSettings);
        ProposerSettings = new(cached) { ["Ipo__PromptGen__Provider"] = "openai" };
        Ask(ProposerSettings, "Ipo__PromptGen__OpenAI");
        Proposer = ServiceProcess.Of("prompt-gen", "PromptGen", ProposerSettings);
        OrchestratorSettings = new()
        {
            ["Ipo__Orchestrator__DatasetRoots__0"] = Datasets,
            ["Ipo__Orchestrator__DataDirectory"] = Data,
            ["Ipo__Orchestrator__TakeUpEvery"] = "00:00:01",
        };
        foreach (var (setting, value) in orchestrator) OrchestratorSettings[setting] = value;
        foreach (var service in new[] { Scorer, Captioner, Proposer })
        {
            var tap = _taps[service.Name] = new(service.Name, service.Grpc, boundary => Passes(boundary));
            OrchestratorSettings[$"services__{service.Name}__grpc__0"] = $"http://127.0.0.1:{Text(tap.Port)}";
        }
        if (orchestrator.ContainsKey("ConnectionStrings__postgres"))
        {
            OrchestratorSettings["ConnectionStrings__redis"] = cached["ConnectionStrings__redis"];
            OrchestratorSettings["IPO_CLUSTER_PORT"] = "0";
        }
        Orchestrator = ServiceProcess.Of("orchestrator", "Orchestrator", OrchestratorSettings);
        _channel = GrpcChannel.ForAddress(Address(Orchestrator));
    }

    public LanguageModelServer Model { get; }

    public ServiceProcess Redis { get; }

    public int RedisPort { get; }

    public ServiceProcess Scorer { get; }

    public ServiceProcess Captioner { get; }

    public ServiceProcess Proposer { get; }

    public ServiceProcess Orchestrator { get; }

    public Dictionary<string, string> ScorerSettings { get; }

    public Dictionary<string, string> CaptionerSettings { get; }

    public Dictionary<string, string> ProposerSettings { get; }

    public Dictionary<string, string> OrchestratorSettings { get; }

    /// <summary>All of them, in the order in which they start.</summary>
    public IReadOnlyList<ServiceProcess> Processes => [Redis, Scorer, Captioner, Proposer, Orchestrator];

    /// <summary>Where datasets lie.</summary>
    public string Datasets { get; }

    /// <summary>The orchestrator's data directory.</summary>
    public string Data { get; }

    /// <summary>Where processes may keep something.</summary>
    public string Folder => _folder;

    /// <summary>The journal where it is a file.</summary>
    public JournalFile Journal => new(Path.Combine(Data, "ipo.db"));

    public IpoClient Client => new(_channel);

    /// <summary>Told of each boundary that calls pass: a call arrives at a service or the model, an answer leaves it, an answer has come.</summary>
    public Func<string, Task> Passes { get; set; } = _ => Task.CompletedTask;

    /// <summary>Starts everything, with <see cref="DrawnDataset"/>.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="orchestrator">Settings of the orchestrator.</param>
    public static async Task<FaultSystem> StartAsync(CancellationToken cancellation, params (string Name, string Value)[] orchestrator)
    {
        var system = new FaultSystem(await LanguageModelServer.StartAsync(), orchestrator.ToDictionary(one => one.Name, one => one.Value));
        try
        {
            foreach (var tap in system._taps.Values) tap.Open();
            foreach (var process in system.Processes) process.Start();
            await DrawnDataset.DrawAsync(system.Client, system.Datasets, system.Processes, cancellation);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a process and starts it at once; what calls it meanwhile is refused, as by a port that nobody has.</summary>
    public async Task KillAsync(ServiceProcess process, CancellationToken cancellation)
    {
        Close(process);
        process.Kill();
        await OpenAsync(process, cancellation);
    }

    /// <summary>Ends a process as a cluster does, and starts it again.</summary>
    /// <returns>How long its end took.</returns>
    public async Task<TimeSpan> RestartAsync(ServiceProcess process, CancellationToken cancellation)
    {
        Close(process); // nothing new; what is under way in it still passes
        var took = await process.TerminateAsync(cancellation);
        await OpenAsync(process, cancellation);
        return took;
    }

    /// <summary>Refuses calls to a process.</summary>
    public void Close(ServiceProcess process)
    {
        if (_taps.TryGetValue(process.Name, out var tap)) tap.Close();
    }

    /// <summary>Starts a process and lets calls to it pass again.</summary>
    public async Task OpenAsync(ServiceProcess process, CancellationToken cancellation)
    {
        await process.StartAsync(cancellation);
        if (_taps.TryGetValue(process.Name, out var tap)) tap.Open();
    }

    /// <summary>Begins a run that asks the language model for descriptions and candidates.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="settings">What differs from four candidates a step for two images a class, two of them described.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task CreateRunAsync(string id, RunSettings settings, CancellationToken cancellation)
    {
        var all = new RunSettings { Dataset = DrawnDataset.Name, Shots = 2, Seed = 1, CandidatesPerStep = 4, Patience = 0, Descriptions = true, DescriptionLimit = 2 };
        all.MergeFrom(settings);
        await Patient(cancellation).AskAsync((ipo, options) => ipo.Runs.CreateRunAsync(new() { RunId = id, Settings = all }, options));
    }

    /// <summary>Waits for a run to end.</summary>
    public Task<Run> EndedAsync(string id, CancellationToken cancellation) =>
        UntilAsync(id, run => run.State is not (RunState.Running or RunState.Queued or RunState.Blocked), cancellation);

    /// <summary>Waits until a run is as it should be, by asking as often as it takes.</summary>
    public async Task<Run> UntilAsync(string id, Predicate<Run> isSo, CancellationToken cancellation)
    {
        while (true)
        {
            Run run;
            try { run = (await Patient(cancellation).AskAsync((ipo, options) => ipo.Runs.GetRunAsync(new() { RunId = id }, options))).Run; }
            catch (RpcException refusal) { throw new InvalidOperationException($"{refusal.Status.Detail}\n{Orchestrator.Output}", refusal); }
            if (isSo(run)) return run;
            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>The events of a run, as its archive has them.</summary>
    public async Task<IReadOnlyList<JsonObject>> EventsAsync(string id, CancellationToken cancellation)
    {
        var archive = (await Patient(cancellation).AskAsync((ipo, options) => ipo.Journal.ArchiveRunAsync(new() { RunId = id }, options))).Archive;
        using var lines = new StreamReader(new GZipStream(new MemoryStream(archive.ToByteArray()), CompressionMode.Decompress));
        var events = new List<JsonObject>();
        for (var line = await lines.ReadLineAsync(cancellation); (line = await lines.ReadLineAsync(cancellation)) is not null;) events.Add(JsonNode.Parse(line)!.AsObject());
        return events;
    }

    /// <summary>What a run found on its way.</summary>
    public async Task<IReadOnlyList<string>> TrajectoryAsync(string id, CancellationToken cancellation) =>
        JournalFile.TrajectoryOf(await EventsAsync(id, cancellation));

    /// <summary>Runs <c>ipo</c> against the orchestrator.</summary>
    public Task<CommandResult> IpoAsync(CancellationToken cancellation, params string[] arguments) =>
        IpoCommand.RunAsync(_folder, cancellation, [.. arguments, "--server", Address(Orchestrator)]);

    /// <summary>Runs <c>ipo</c> as above and demands that it does what it is told.</summary>
    public async Task DoneAsync(CancellationToken cancellation, params string[] arguments)
    {
        var done = await IpoAsync(cancellation, arguments);
        Assert.True(done.ExitCode == 0, $"ipo {string.Join(' ', arguments)} ended with {done.ExitCode}: {done.Errors}{done.Output}");
    }

    public async ValueTask DisposeAsync()
    {
        Passes = _ => Task.CompletedTask;
        Model.Latency = default;
        await Orchestrator.DisposeAsync(); // it says goodbye in Redis
        await Task.WhenAll(Processes.Select(process => process.DisposeAsync().AsTask()));
        foreach (var tap in _taps.Values) tap.Dispose();
        _channel.Dispose();
        await Model.DisposeAsync();
        _folder.Dispose();
    }

    private PatientClient Patient(CancellationToken cancellation) => new(_channel.CreateCallInvoker(), cancellation);

    private static string Address(ServiceProcess process) => $"http://127.0.0.1:{Text(process.Grpc)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Ask(Dictionary<string, string> settings, string section)
    {
        settings[$"{section}__Endpoint"] = Model.Endpoint.ToString();
        settings[$"{section}__Model"] = "counted";
        settings[$"{section}__InputPricePerMillionTokens"] = "1";
        settings[$"{section}__OutputPricePerMillionTokens"] = "2";
    }

    // What it was told stands on disk when it answers, as in the embedded one.
    private ProcessStartInfo RedisCommand()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        if (program is null) Assert.Skip("redis-server is not installed.");
        return new(program, ["--port", Text(RedisPort), "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private async Task<bool> IsRedisReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", RedisPort, cancellation);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), cancellation);
            var answer = new byte[16];
            var length = await client.GetStream().ReadAsync(answer, cancellation);
            return Encoding.ASCII.GetString(answer, 0, length).StartsWith("+PONG", StringComparison.Ordinal);
        }
        catch (Exception away) when (away is SocketException or IOException) { return false; }
    }
}
