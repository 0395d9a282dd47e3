using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ipo.Tests.Fakes;
using StackExchange.Redis;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

/// <summary>A real redis-server on a free port that can be killed and started again; the calling test is skipped where there is none.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private Process? _process;

    private readonly TempFolder _folder = new();
    private readonly string _portOption;
    private readonly string _options;

    private RedisProcess(int port, string portOption, string options) => (Port, _portOption, _options) = (port, portOption, options);

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    public static async Task<RedisProcess> StartAsync(string options = "", string port = "--port")
    {
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var redis = new RedisProcess(((IPEndPoint)probe.LocalEndpoint).Port, port, options);
            probe.Stop();
            if (await redis.TryRunAsync()) return redis; // else somebody else took the port since
        }
    }

    /// <summary>One that speaks TLS alone.</summary>
    public static Task<RedisProcess> StartTlsAsync(string options) => StartAsync(options, "--port 0 --tls-port");

    public async Task RunAsync() => Assert.True(await TryRunAsync(), $"redis-server did not start at port {Port}.");

    // It says itself that it is ready: at its port another one may answer.
    private async Task<bool> TryRunAsync()
    {
        var start = new ProcessStartInfo("redis-server", $"{_portOption} {Port} --bind 127.0.0.1 --save \"\" --appendonly no {_options}")
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder.Path, // a replica leaves what it got there, and any other server would load it
        };
        try { _process = Process.Start(start)!; }
        catch (System.ComponentModel.Win32Exception) { Assert.Skip("redis-server is not installed; install it to run this test."); }
        var output = _process.StandardOutput;
        while (await output.ReadLineAsync() is { } line)
        {
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal)) continue;
            _ = output.BaseStream.CopyToAsync(Stream.Null);
            return true;
        }
        Kill();
        return false;
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops it from answering while its connections stay open, as a hung machine does.</summary>
    public void Hang() => Signals.Send("STOP", _process!.Id);

    public void GoOn() => Signals.Send("CONT", _process!.Id);

    public Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync($"{ConnectionString},abortConnect=false,allowAdmin=true");

    /// <summary>Waits until it holds so many keys; writers work behind their callers' backs.</summary>
    public async Task HoldsAsync(int keys)
    {
        await using var connection = await ConnectAsync();
        while ((long)await connection.GetDatabase().ExecuteAsync("DBSIZE") < keys) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        if (_process is not null) Kill();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
