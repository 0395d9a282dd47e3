using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Garnet;
using Ipo.ServiceDefaults;
using Ipo.ServiceDefaults.Settings;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Ipo.Cache;

/// <summary>Garnet, which speaks Redis' protocol, inside this process: a cache on a new machine with nothing to
/// install.</summary>
internal sealed partial class EmbeddedRedis(
    IOptions<CacheOptions> options, IConfiguration configuration, ILoggerFactory logs, ILogger<EmbeddedRedis> log) : IHostedService,
        IHealthCheck, IDisposable
{
    private GarnetServer? _server;

    private int Port { get; } = configuration.GetValue("IPO_REDIS_PORT", 6379);

    public static void Add(WebApplicationBuilder builder)
    {
        // Garnet tells its forty settings at every start, and warns that we, not it, decide where logs go.
        builder.Logging.AddFilter((category, level) => level >= category switch
        {
            "ArgParser" => LogLevel.Error,
            not null when category.StartsWith("Ipo.", StringComparison.Ordinal) => LogLevel.Information,
            _ => LogLevel.Warning,
        });
        var services = builder.Services;
        services.AddSettings<CacheOptions>(CacheOptions.Section);
        services.AddSingleton<EmbeddedRedis>().AddHostedService(provider => provider.GetRequiredService<EmbeddedRedis>());
        // A password would be asked in the clear, and IPO_TLS covers the health port alone.
        services.AddSingleton(new NetworkGuard(IsClosed: false, "put a Redis that has TLS in its place"));
        services.AddHealthChecks().AddCheck<EmbeddedRedis>("redis", tags: [Health.Ready]);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _server = new GarnetServer(Flags(options.Value, Port, configuration[ServicePorts.BindSetting] == "any"), logs);
        _server.Start();
        var folder = options.Value.DataDirectory ?? "memory only";
        Serving(log, Port, options.Value.Memory, folder);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _server?.Dispose(deleteDir: false);
        _server = null;
        return Task.CompletedTask;
    }

    public void Dispose() => _server?.Dispose(deleteDir: false);

    /// <summary>A PING over the wire, as a client would send it.</summary>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            var password = options.Value.Password;
            var (asked, expected) = password is null
                ? (Command("PING"), "+PONG")
                : (Command("AUTH", password) + Command("PING"), "+OK\r\n+PONG");
            await client.Client.SendAsync(Encoding.UTF8.GetBytes(asked), cancellationToken);
            var answer = new byte[expected.Length];
            await client.GetStream().ReadExactlyAsync(answer, cancellationToken);
            return Encoding.UTF8.GetString(answer) == expected
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("PING was not answered with PONG");
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy($"port {Port} does not answer PING");
        }
    }

    // As an array of strings (RESP): Garnet takes no AUTH on a line of its own.
    private static string Command(params string[] words) =>
        string.Create(CultureInfo.InvariantCulture, $"*{words.Length}\r\n")
            + string.Concat(words.Select(word =>
                string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n")));

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Redis' protocol is served on port {Port}, with {Memory} of memory, kept in: {Folder}")]
    private static partial void Serving(ILogger log, int port, string memory, string folder);

    private static string[] Flags(CacheOptions options, int port, bool anyAddress)
    {
        string[] flags =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", anyAddress ? "0.0.0.0" : "127.0.0.1",
            "-q", // no banner
            "--lua", // scripts, for clients that lock with them
            "--device-type", "RandomAccess", // the native device needs libaio, which a new machine lacks
            "--memory", options.Memory, "--index", "16m", // the default memory is 16 GB
        ];
        if (options.Password is { } password) flags = [.. flags, "--auth", "Password", "--password", password];
        if (options.DataDirectory is not { Length: > 0 } folder) return flags;
        Directory.CreateDirectory(folder);
        return
        [
            .. flags, "--checkpointdir", folder, "--recover", "--aof",
            "--aof-commit-freq", "1000", // at most a second of a cache is lost; a flush for every embedding costs more than that
            "--aof-size-limit", options.LogLimit, "--aof-memory", "64m", "--aof-page-size", "16m", "--page", "4m",
        ];
    }
}
