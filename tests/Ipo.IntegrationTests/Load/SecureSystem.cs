using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Ipo.IntegrationTests.Faults;
using Ipo.Tests.Fakes;

namespace Ipo.IntegrationTests.Load;

/// <summary>All services as processes with certificates of one authority, as a cluster runs them: replicas at addresses that stay while each is
/// restarted.</summary>
internal sealed class SecureSystem : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly List<Replica> _replicas = [];
    private readonly HttpClient _health;

    private SecureSystem() => _health = new(new SocketsHttpHandler { SslOptions = Trust() });

    /// <summary>Where datasets may lie.</summary>
    public string Datasets => Path.Combine(_folder, "datasets");

    /// <summary>The names of the replicas, in the order in which a cluster could restart them.</summary>
    public IEnumerable<string> Replicas => _replicas.Select(replica => replica.Name);

    /// <summary>Starts redis, two scorers, captioners and proposers, and the orchestrator.</summary>
    /// <param name="replicas">How many captioners and proposers each.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<SecureSystem> StartAsync(int replicas, CancellationToken cancellation)
    {
        var system = new SecureSystem();
        try
        {
            Directory.CreateDirectory(system.Datasets);
            var redis = system.Add("redis", "Cache", count: 1)[0];
            redis.Environment["IPO_REDIS_PORT"] = Number(redis.Grpc);
            (string, string)[] cached = [("ConnectionStrings__redis", $"127.0.0.1:{Number(redis.Grpc)}"), ("IPO_CACHE_SECRET", new('s', 32))];
            var scorers = system.Add("clip-scorer", "ClipScorer", 2, [.. cached]);
            var captioners = system.Add("captioner", "Captioner", replicas, [.. cached, .. Addresses(scorers)]);
            var proposers = system.Add("prompt-gen", "PromptGen", replicas, [.. cached]);
            system.Add("orchestrator", "Orchestrator", 1,
            [
                .. Addresses(scorers), .. Addresses(captioners), .. Addresses(proposers), ("Ipo__Orchestrator__DatasetRoots__0", system.Datasets),
                ("Ipo__Orchestrator__DataDirectory", Path.Combine(system._folder, "data")),
            ]);
            system.Renew();
            foreach (var replica in system._replicas) replica.Start();
            foreach (var replica in system._replicas) await system.ReadyAsync(replica, cancellation);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection to the orchestrator that believes the authority alone.</summary>
    public GrpcChannel Connect() => GrpcChannel.ForAddress($"https://localhost:{_replicas[^1].Grpc}", new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler { SslOptions = Trust(), EnableMultipleHttp2Connections = true },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = null,
    });

    /// <summary>Gives every replica a new certificate, which it has to find by itself.</summary>
    public void Renew()
    {
        foreach (var replica in _replicas) _authority.Write(replica.Tls);
    }

    /// <summary>The serial number of the certificate that each replica shows to a new connection now; redis shows none.</summary>
    public async Task<IReadOnlyList<string>> SerialsAsync(CancellationToken cancellation)
    {
        var serials = new List<string>();
        foreach (var replica in _replicas.Skip(1))
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, replica.Http, cancellation);
            await using var tls = new SslStream(client.GetStream());
            var options = Trust();
            options.TargetHost = "localhost";
            await tls.AuthenticateAsClientAsync(options, cancellation);
            serials.Add(tls.RemoteCertificate!.GetSerialNumberString());
        }
        return serials;
    }

    /// <summary>Ends a replica as a cluster does, and starts it anew.</summary>
    public async Task RestartAsync(string name, CancellationToken cancellation)
    {
        var replica = _replicas.Single(replica => replica.Name == name);
        await replica.StopAsync(cancellation);
        replica.Start();
        await ReadyAsync(replica, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in Enumerable.Reverse(_replicas)) await replica.StopAsync(CancellationToken.None);
        _health.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    private static (string, string)[] Addresses(Replica[] called) =>
        [.. called.Select((replica, number) => ($"services__{replica.Service}__grpc__{Number(number)}", $"https://localhost:{Number(replica.Grpc)}"))];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private Replica[] Add(string service, string project, int count, params (string Name, string Value)[] environment)
    {
        var added = Enumerable.Range(0, count).Select(number => new Replica(service, project, number, Path.Combine(_folder, "tls"), environment)).ToArray();
        _replicas.AddRange(added);
        return added;
    }

    private async Task ReadyAsync(Replica replica, CancellationToken cancellation)
    {
        while (!await IsReadyAsync(replica, cancellation))
        {
            if (replica.HasExited) throw new InvalidOperationException($"{replica.Name} ended. {replica.Output}");
            await Task.Delay(Look, cancellation);
        }
    }

    private async Task<bool> IsReadyAsync(Replica replica, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _health.GetAsync(new Uri($"https://localhost:{replica.Http}/health/ready"), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException) { return false; } // its port is closed yet
    }

    private SslClientAuthenticationOptions Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(_authority.Pem);
        return new() { CertificateChainPolicy = policy };
    }

    private sealed class Replica(string service, string project, int number, string tls, (string Name, string Value)[] environment)
    {
        private readonly ConcurrentQueue<string> _output = new();
        private Process? _process;

        public string Service => service;

        public string Name => $"{service}-{number}";

        public int Http { get; } = ServiceProcess.FreePort();

        public int Grpc { get; } = ServiceProcess.FreePort();

        public string Tls => Path.Combine(tls, Name);

        public Dictionary<string, string> Environment { get; } = environment.ToDictionary(one => one.Name, one => one.Value);

        public string Output => string.Join('\n', _output.TakeLast(20));

        public bool HasExited => _process is not { HasExited: false };

        public void Start()
        {
            var start = BuiltPrograms.Start($"src/Ipo.{project}", $"Ipo.{project}.dll");
            start.Environment["IPO_HTTP_PORT"] = $"{Http}";
            start.Environment["IPO_GRPC_PORT"] = $"{Grpc}";
            start.Environment["IPO_TLS"] = Tls;
            foreach (var (name, value) in Environment) start.Environment[name] = value;
            _process = Process.Start(start)!;
            _process.StandardInput.Close();
            _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
            _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public async Task StopAsync(CancellationToken cancellation)
        {
            if (_process is not { } process) return;
            if (!process.HasExited)
            {
                Tests.Signals.Send("TERM", process.Id);
                await process.WaitForExitAsync(cancellation);
            }
            process.Dispose();
            _process = null;
        }
    }
}
