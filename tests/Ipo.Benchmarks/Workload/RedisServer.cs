using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Ipo.Benchmarks.Workload;

/// <summary>A Redis of the benchmark's own on a free port: the embedded one (Garnet, src/Ipo.Cache) or redis-server. It ends with the object.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly int _port;

    private RedisServer(string name, ProcessStartInfo start, int port)
    {
        (Name, _port) = (name, port);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _process = Process.Start(start)!;
        // Nobody reads what it says, and a full pipe would stop it.
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    /// <summary>Every server this machine has; redis-server only where it is installed.</summary>
    public static async IAsyncEnumerable<RedisServer> AllAsync()
    {
        yield return await StartAsync("embedded Garnet", port => new("dotnet", [CacheAssembly()])
        {
            Environment = { ["IPO_REDIS_PORT"] = $"{port}", ["IPO_HTTP_PORT"] = "0" },
        });
        if (!OnPath("redis-server"))
        {
            Console.Error.WriteLine("redis-server is not on PATH; its rows are left out.");
            yield break;
        }
        yield return await StartAsync("redis-server", port => new("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]));
    }

    public Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_port},asyncTimeout=60000,syncTimeout=60000");

    public ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<RedisServer> StartAsync(string name, Func<int, ProcessStartInfo> start)
    {
        var port = FreePort();
        var server = new RedisServer(name, start(port), port);
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return server;
            }
            catch (SocketException) when (tries < 1200 && !server._process.HasExited) { await Task.Delay(50); }
            catch (SocketException refused)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"{name} does not answer on port {port}. Start it by hand to see why.", refused);
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    // Beside this project's output: tests/Ipo.Benchmarks/bin/CONFIGURATION/FRAMEWORK and src/Ipo.Cache/bin/CONFIGURATION/FRAMEWORK.
    private static string CacheAssembly()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(output.FullName, "..", "..", "..", "..", "..", "src", "Ipo.Cache", "bin", output.Parent!.Name, output.Name, "Ipo.Cache.dll");
        return File.Exists(path) ? Path.GetFullPath(path) : throw new InvalidOperationException($"{Path.GetFullPath(path)} is missing; build tests/Ipo.Benchmarks, which builds it.");
    }
}
