using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Ipo.Tests.Fakes;

/// <summary>The embedded Redis as its own process, on free ports.</summary>
internal sealed class CacheProcess : IDisposable
{
    private static readonly string Program = Path.Combine(
        Shared.Repository, "src", "Ipo.Cache", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Ipo.Cache.dll");

    private readonly Process _process;
    private readonly int _port;

    private CacheProcess(Process process, int port) => (_process, _port) = (process, port);

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<CacheProcess> StartAsync(CancellationToken cancellation, params string[] settings)
    {
        var (redis, http) = (FreePort(), FreePort());
        var started = new CacheProcess(
            Process.Start(Command([Setting("IPO_REDIS_PORT", redis), Setting("IPO_HTTP_PORT", http), .. settings]))!, redis);
        using var client = new HttpClient();
        while (!await IsReadyAsync(client, http, cancellation))
        {
            if (started._process.HasExited)
                throw new InvalidOperationException($"The cache ended. {await started._process.StandardError.ReadToEndAsync(cancellation)}");
            await Task.Delay(50, cancellation);
        }
        return started;
    }

    /// <summary>Runs it with settings that it refuses, to its end.</summary>
    public static async Task<(int Exit, string Errors)> RefusedAsync(CancellationToken cancellation, params string[] settings)
    {
        using var process = Process.Start(Command([Setting("IPO_REDIS_PORT", 0), Setting("IPO_HTTP_PORT", 0), .. settings]))!;
        var errors = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, errors);
    }

    public Task<ConnectionMultiplexer> ConnectAsync(string options = "") =>
        ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_port},connectTimeout=30000,asyncTimeout=30000{options}");

    /// <summary>Ends it without a goodbye.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private static string Setting(string name, int value) => string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");

    private static ProcessStartInfo Command(string[] arguments) => new("dotnet", [Program, .. arguments]) { RedirectStandardError = true };

    private static async Task<bool> IsReadyAsync(HttpClient client, int port, CancellationToken cancellation)
    {
        try
        {
            return (await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), cancellation)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
