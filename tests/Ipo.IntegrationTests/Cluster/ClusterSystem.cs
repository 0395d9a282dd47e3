using System.Globalization;
using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Ipo.IntegrationTests.Faults;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>Three orchestrators, each in a network namespace of its own, over a real PostgreSQL, with real services and a redis-server behind them. One
/// that ends is started again, as by a cluster.</summary>
internal sealed partial class ClusterSystem : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly TempFolder _folder = new();
    private readonly Namespaces _network;
    private readonly RedisServer _redis;
    private readonly PostgresServer _postgres;
    private readonly CancellationTokenSource _watching = new();
    private readonly List<ServiceProcess> _services = [];
    private readonly GrpcChannel _channel;
    private readonly Task _watch;

    private ClusterSystem(Namespaces network, RedisServer redis, PostgresServer postgres, LanguageModelServer model, int parallelRuns)
    {
        (_network, _redis, _postgres, Model, Database) = (network, redis, postgres, model, postgres.CreateDatabase());
        Directory.CreateDirectory(Datasets);
        Dictionary<string, string> common = new()
        {
            ["ConnectionStrings__redis"] = $"127.0.0.1:{Text(redis.Port)}",
            ["IPO_CACHE_SECRET"] = new('s', 32),
            ["IPO_BIND"] = "any",
            ["IPO_INSECURE"] = "true",
        };
        var scorer = Add("clip-scorer", "ClipScorer", common);
        var captioner = Add("captioner", "Captioner", new(common) { ["services__clip-scorer__grpc__0"] = $"http://127.0.0.1:{Text(scorer.Grpc)}" });
        var proposer = Add("prompt-gen", "PromptGen", new(common)
        {
            ["Ipo__PromptGen__Provider"] = "openai",
            ["Ipo__PromptGen__OpenAI__Endpoint"] = model.Endpoint.ToString(),
            ["Ipo__PromptGen__OpenAI__Model"] = "counted",
        });
        for (var number = 0; number < 3; number++)
        {
            var (address, before) = network.Add();
            Dictionary<string, string> settings = new()
            {
                ["IPO_BIND"] = "any",
                ["IPO_INSECURE"] = "true",
                ["IPO_CLUSTER_PORT"] = "11111",
                ["IPO_CLUSTER_ADDRESS"] = address,
                ["ConnectionStrings__postgres"] = Database,
                ["Ipo__Orchestrator__DatasetRoots__0"] = Datasets,
                ["Ipo__Orchestrator__DataDirectory"] = Path.Combine(_folder, "data"),
                ["Ipo__Orchestrator__ParallelRuns"] = Text(parallelRuns),
            };
            foreach (var service in new[] { scorer, captioner, proposer })
                settings[$"services__{service.Name}__grpc__0"] = $"http://{network.Host}:{Text(service.Grpc)}";
            Orchestrators.Add(new(address, ServiceProcess.Of($"orchestrator-{number}", "Orchestrator", settings, before, address)));
        }
        var resolver = new StaticResolverFactory(_ => [.. Orchestrators.Select(one => new BalancerAddress(one.Address, one.Process.Grpc))]);
        _channel = GrpcChannel.ForAddress("static:///orchestrators", new()
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceProvider = new ServiceCollection().AddSingleton<ResolverFactory>(resolver).BuildServiceProvider(),
            ServiceConfig = new() { LoadBalancingConfigs = { new RoundRobinConfig() } },
            MaxReconnectBackoff = TimeSpan.FromSeconds(2),
        });
        _watch = WatchAsync(_watching.Token);
    }

    public LanguageModelServer Model { get; }

    /// <summary>The connection string of the database.</summary>
    public string Database { get; }

    public List<Member> Orchestrators { get; } = [];

    /// <summary>Asks whichever orchestrator there is.</summary>
    public IpoClient Client => new(_channel);

    private string Datasets => Path.Combine(_folder, "datasets");

    public static async Task<ClusterSystem> StartAsync(int parallelRuns, CancellationToken cancellation)
    {
        var network = new Namespaces();
        var redis = await RedisServer.StartAsync();
        var postgres = new PostgresServer { Host = network.Host };
        await postgres.InitializeAsync();
        var system = new ClusterSystem(network, redis, postgres, await LanguageModelServer.StartAsync(), parallelRuns);
        try
        {
            foreach (var service in system._services) service.Start();
            // The first one makes the database's tables.
            foreach (var member in system.Orchestrators) await member.StartAsync(cancellation);
            await DrawnDataset.DrawAsync(system.Client, system.Datasets, system._services, cancellation);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Cuts an orchestrator off from what it needs.</summary>
    /// <param name="from">"redis", "PostgreSQL" or "the others".</param>
    public void Cut(Member member, string from)
    {
        if (from == "the others")
            foreach (var other in Orchestrators.Where(other => other != member)) _network.Cut(member.Address, other.Address);
        else _network.Cut(member.Address, _network.Host, from == "redis" ? _redis.Port : _postgres.Port);
    }

    /// <summary>Mends what was cut.</summary>
    public void Heal(Member member) => _network.Heal(member.Address);

    /// <summary>Waits for a run to end, asking whoever is there.</summary>
    public async Task<Run> EndedAsync(string id, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var run = (await Client.Runs.GetRunAsync(new() { RunId = id }, deadline: DateTime.UtcNow.AddSeconds(10), cancellationToken: cancellation)).Run;
                if (run.State is not (RunState.Running or RunState.Queued or RunState.Blocked)) return run;
            }
            catch (RpcException away) when (away.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal) { }
            await Task.Delay(Look, cancellation);
        }
    }

    /// <summary>All events of all runs, in their order.</summary>
    public async Task<List<(string Run, string Type, DateTimeOffset At, string Event)>> EventsAsync(CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand("SELECT runs.run_id, type, at, event FROM run_events JOIN runs ON runs.key = run_events.run ORDER BY run, version");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var events = new List<(string, string, DateTimeOffset, string)>();
        while (await rows.ReadAsync(cancellation))
            events.Add((rows.GetString(0), rows.GetString(1), DateTimeOffset.Parse(rows.GetString(2), CultureInfo.InvariantCulture), rows.GetString(3)));
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await _watching.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _channel.Dispose();
        await Task.WhenAll(Orchestrators.Select(one => one.Process.DisposeAsync().AsTask()));
        await Task.WhenAll(_services.Select(one => one.DisposeAsync().AsTask()));
        await Model.DisposeAsync();
        await _postgres.DisposeAsync();
        _redis.Dispose();
        _network.Dispose();
        _watching.Dispose();
        _folder.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private ServiceProcess Add(string name, string project, Dictionary<string, string> settings)
    {
        var added = ServiceProcess.Of(name, project, settings);
        _services.Add(added);
        return added;
    }

    // An orchestrator that learns that the others believe it dead ends by itself; a cluster starts it again.
    private async Task WatchAsync(CancellationToken cancellation)
    {
        for (; ; await Task.Delay(Look, cancellation))
            foreach (var member in Orchestrators.Where(member => member is { Runs: true, Process.HasExited: true }))
            {
                member.EndedByItself++;
                member.Process.Start();
            }
    }

    /// <summary>One orchestrator.</summary>
    internal sealed partial class Member(string address, ServiceProcess process)
    {
        private int _from; // where its output begins since its last start

        public string Address => address;

        public ServiceProcess Process => process;

        /// <summary>Whether it is meant to run.</summary>
        public bool Runs { get; private set; }

        /// <summary>How often it ended without being killed.</summary>
        public int EndedByItself { get; set; }

        public async Task StartAsync(CancellationToken cancellation)
        {
            await process.StartAsync(cancellation);
            Runs = true;
        }

        /// <summary>The runs that it is working on, as it says.</summary>
        public IReadOnlyList<string> Held()
        {
            var held = new HashSet<string>();
            foreach (Match line in Lines().Matches(process.Output[_from..]))
                if (line.Groups["begins"].Success) held.Add(line.Groups["run"].Value);
                else held.Remove(line.Groups["run"].Value);
            return [.. held];
        }

        /// <summary>Ends it as <c>kill -9</c> does.</summary>
        /// <returns>The runs that it was working on.</returns>
        public IReadOnlyList<string> Kill()
        {
            Runs = false;
            process.Kill();
            var held = Held();
            _from = process.Output.Length;
            return held;
        }

        [GeneratedRegex("(?:(?<begins>Working on run) |(?:Run|Released run|Left run) )(?<run>run-[0-9]+)(?:,| ended| unfinished|:)")]
        private static partial Regex Lines();
    }
}
