using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ipo.IntegrationTests.Faults;

/// <summary>A program of ours, or redis-server, as a process that is ended and started again at the same address.</summary>
/// <param name="name">What messages call it.</param>
/// <param name="start">How it is started; asked for each start.</param>
/// <param name="isReady">Whether it answers.</param>
internal sealed class ServiceProcess(string name, Func<ProcessStartInfo> start, Func<CancellationToken, Task<bool>> isReady) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly HttpClient Health = new();
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    public string Name => name;

    /// <summary>The port of gRPC; 0 for what has none.</summary>
    public int Grpc { get; private init; }

    /// <summary>The port of HTTP; 0 for what has none.</summary>
    public int Http { get; private init; }

    /// <summary>The process as the system knows it.</summary>
    public int Id => _process?.Id ?? throw new InvalidOperationException($"{name} was not started.");

    public bool HasExited => _process is not { HasExited: false };

    public int ExitCode => _process!.ExitCode;

    /// <summary>How it ended the last time.</summary>
    public int? LastExitCode { get; private set; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Every line that it printed, over all its starts.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>A service of ours.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="project">The end of its project's name, for instance "ClipScorer".</param>
    /// <param name="environment">Its settings; changes count at the next start.</param>
    /// <param name="before">A command that it is started by, for instance "ip netns exec NAME"; empty for none.</param>
    /// <param name="host">The address at which the ports are reached from here; null for loopback.</param>
    public static ServiceProcess Of(
        string name, string project, IDictionary<string, string> environment, IReadOnlyList<string>? before = null, string? host = null)
    {
        var (grpc, http) = (FreePort(), FreePort());
        var ready = new Uri($"http://{host ?? "127.0.0.1"}:{http}/health/ready");
        return new(name, Command, Answers) { Grpc = grpc, Http = http };

        ProcessStartInfo Command()
        {
            var command = Prefixed(BuiltPrograms.Start($"src/Ipo.{project}", $"Ipo.{project}.dll"), before ?? []);
            command.Environment["IPO_GRPC_PORT"] = Text(grpc);
            command.Environment["IPO_HTTP_PORT"] = Text(http);
            foreach (var (setting, value) in environment) command.Environment[setting] = value;
            return command;
        }

        async Task<bool> Answers(CancellationToken cancellation)
        {
            try
            {
                using var answer = await Health.GetAsync(ready, cancellation);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException) { return false; } // its port is closed yet
        }
    }

    /// <summary>Starts it, without a wait.</summary>
    public void Start()
    {
        _process?.Dispose();
        _process = Process.Start(start())!;
        Starts++;
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Start();
        await ReadyAsync(cancellation);
    }

    /// <summary>Waits until it answers.</summary>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        while (!await isReady(cancellation))
        {
            if (HasExited) throw new InvalidOperationException($"{name} ended with {ExitCode}.\n{string.Join('\n', _output.TakeLast(20))}");
            await Task.Delay(Look, cancellation);
        }
    }

    /// <summary>Ends it as <c>kill -9</c> does, and waits until it is gone.</summary>
    public void Kill()
    {
        if (HasExited) return;
        Signal("KILL");
        _process!.WaitForExit();
    }

    /// <summary>Ends it as a service manager does.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> TerminateAsync(CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        if (HasExited) return default;
        Signal("TERM");
        await _process!.WaitForExitAsync(cancellation);
        LastExitCode = ExitCode;
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public Task EndedAsync(CancellationToken cancellation) => _process!.WaitForExitAsync(cancellation);

    /// <summary>Sends it a signal.</summary>
    /// <param name="signal">Its name, for instance "STOP".</param>
    public void Signal(string signal) => Tests.Signals.Send(signal, Id);

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            Signal("CONT"); // one that was stopped would not end
            Signal("TERM");
            await _process!.WaitForExitAsync(CancellationToken.None);
        }
        _process?.Dispose();
        _process = null;
    }

    /// <summary>A port that nobody has at the moment, that is given once, and that no other gets before it is opened, or while a process is away: Aspire
    /// takes 10,000 and more, and Linux gives outgoing connections 32768 and more.</summary>
    public static int FreePort()
    {
        while (true)
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, Random.Shared.Next(2_000, 10_000));
                probe.Start();
                var port = ((IPEndPoint)probe.LocalEndpoint).Port;
                if (Given.TryAdd(port, true)) return port;
            }
            catch (SocketException) { } // somebody has it: another one
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static ProcessStartInfo Prefixed(ProcessStartInfo command, IReadOnlyList<string> before)
    {
        if (before.Count == 0) return command;
        string[] all = [.. before.Skip(1), command.FileName, .. command.ArgumentList];
        command.FileName = before[0];
        command.ArgumentList.Clear();
        foreach (var argument in all) command.ArgumentList.Add(argument);
        return command;
    }

    private void Keep(string? line)
    {
        if (line is not null) _output.Enqueue(line);
    }
}
