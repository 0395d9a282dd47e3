using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

/// <summary>A real redis-server on a free port that can be killed and started again; the calling test is skipped where there is none.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private Process? _process;

    private RedisProcess(int port) => Port = port;

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    public static async Task<RedisProcess> StartAsync()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var redis = new RedisProcess(((IPEndPoint)probe.LocalEndpoint).Port);
        probe.Stop();
        await redis.RunAsync();
        return redis;
    }

    public async Task RunAsync()
    {
        var start = new ProcessStartInfo("redis-server", $"--port {Port} --bind 127.0.0.1 --save \"\" --appendonly no --loglevel warning") { RedirectStandardOutput = true, RedirectStandardError = true };
        try { _process = Process.Start(start)!; }
        catch (System.ComponentModel.Win32Exception) { Assert.Skip("redis-server is not installed; install it to run this test."); }
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (tries < 200) { await Task.Delay(25); }
        }
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops it from answering while its connections stay open, as a hung machine does.</summary>
    public void Hang() => Signal("STOP");

    public void GoOn() => Signal("CONT");

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", $"-{signal} {_process!.Id}");
        kill.WaitForExit();
    }

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
        return ValueTask.CompletedTask;
    }
}
