using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Aspire.Hosting;

namespace Ipo.LocalHosting.Running;

/// <summary>One running process. It holds the write end of the child's standard input and never writes: when this host is gone,
/// however it ended, the system closes the pipe, and the child, which reads it, stops.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    /// <summary>A service ends by its own limit, .NET's 30 s or what it is set to; it may still wait for the answer of a call that is
    /// paid for, an orchestrator 10 minutes and 10 s at most (Ipo:Orchestrator:StopGrace). This is for one that hangs beyond that;
    /// a person does not have to wait for it, because a second Ctrl-C ends it at once.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromMinutes(11);

    // A grandchild may hold the pipe open after the child has ended; its output is not worth waiting for.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Task _output;

    private ChildProcess(Process process, Action<string, bool> line)
    {
        _process = process;
        Id = process.Id;
        _output = Task.WhenAll(
            OutputLines.Read(process.StandardOutput, text => line(text, false)),
            OutputLines.Read(process.StandardError, text => line(text, true)));
    }

    public int Id { get; }

    /// <exception cref="DistributedApplicationException">The program cannot be started.</exception>
    public static ChildProcess Start(LaunchCommand command, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, IReadOnlySet<string> secrets, Action<string, bool> line)
    {
        var start = new ProcessStartInfo(command.FileName, command.Arguments.Concat(arguments))
        {
            WorkingDirectory = command.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in start.Environment.ToList())
            if (!ChildEnvironment.IsKept(name, value, secrets)) start.Environment.Remove(name);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        try
        {
            return new ChildProcess(Process.Start(start)!, line);
        }
        catch (Win32Exception refusal)
        {
            throw new DistributedApplicationException($"'{command.FileName}' cannot be started in {command.WorkingDirectory}: {refusal.Message}.");
        }
    }

    /// <summary>Waits for its end and for the last of its output.</summary>
    public async Task<int> Ended()
    {
        await _process.WaitForExitAsync();
        await Task.WhenAny(_output, Task.Delay(LastWords));
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, and ends it with everything it started when it takes longer than <see cref="Grace"/> or <paramref name="killing"/> says so.</summary>
    public async Task Stop(CancellationToken killing)
    {
        // SIGTERM, so that a program that does not watch its input ends too; Windows has no such signal.
        if (OperatingSystem.IsWindows()) _process.StandardInput.Close();
        else if (!_process.HasExited) _ = Kill(Id, SigTerm);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(killing);
        patience.CancelAfter(Grace);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private const int SigTerm = 15;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);
}
