using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Ipo.IntegrationTests;

/// <summary>The AppHost as a process of its own, as <c>dotnet run --project src/Ipo.AppHost</c> starts it: for what happens to the host
/// itself. What it started is found by the IPO_HOME that all of it inherits (Linux).</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly (string Name, string Value)[] _environment;

    private AppHostProcess(string home, IEnumerable<(string Name, string Value)> environment)
    {
        (Home, _environment) = (home, [.. environment]);
        var start = BuiltPrograms.Start("src/Ipo.AppHost", "Ipo.AppHost.dll");
        start.Environment["IPO_HOME"] = home;
        start.Environment["IPO_SAMPLE"] = "none";
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Home { get; }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything that it printed so far.</summary>
    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>Starts one.</summary>
    /// <param name="environment">What a person sets.</param>
    public static AppHostProcess Start(params (string Name, string Value)[] environment) =>
        new(Directory.CreateTempSubdirectory("ipo-").FullName, environment);

    /// <summary>Starts another one on the home folder of this one.</summary>
    public AppHostProcess Beside() => new(Home, _environment);

    /// <summary>Waits until it has printed something.</summary>
    public async Task PrintedAsync(string text, CancellationToken cancellation)
    {
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (_process.HasExited) throw new InvalidOperationException($"The AppHost ended before it printed '{text}'.\n{Output}");
            await Task.Delay(Look, cancellation);
        }
    }

    public Task HealthyAsync(CancellationToken cancellation) => PrintedAsync("(6 of 6)", cancellation);

    /// <summary>All processes that live of this system, by program: the host, DCP, the dashboard and the services.</summary>
    public IReadOnlyList<(int Id, string Command)> Processes()
    {
        var mark = $"IPO_HOME={Home}";
        var found = new List<(int, string)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                if (!File.ReadAllText(Path.Combine(folder, "environ")).Split('\0').Contains(mark)) continue;
                found.Add((id, File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ').Trim()));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { } // ended meanwhile, or somebody else's
        }
        return [.. found.Where(process => process.Item2.Length > 0)]; // a zombie has no command line
    }

    /// <summary>Waits until nothing of the system is left.</summary>
    public async Task NothingIsLeftAsync(CancellationToken cancellation)
    {
        while (Processes().Count > 0) await Task.Delay(Look, cancellation);
    }

    /// <summary>Kills, all at once, those of its processes whose command line holds a text.</summary>
    /// <returns>How many were killed.</returns>
    public int Kill(string text)
    {
        var victims = Processes().Where(process => process.Command.Contains(text, StringComparison.Ordinal)).ToList();
        if (victims.Count > 0) Tests.Signals.Send("KILL", victims.Select(victim => victim.Id));
        return victims.Count;
    }

    /// <summary>Sends what Ctrl-C in a terminal sends to the host, and waits for its end.</summary>
    public Task InterruptAsync(CancellationToken cancellation) => EndAsync("INT", cancellation);

    /// <summary>Stops everything as a service manager does.</summary>
    public Task TerminateAsync(CancellationToken cancellation) => EndAsync("TERM", cancellation);

    public Task EndedAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    public Task<CommandResult> IpoAsync(CancellationToken cancellation, params string[] arguments) => IpoCommand.RunAsync(Home, cancellation, arguments);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await TerminateAsync(CancellationToken.None);
        _process.Dispose();
        if (Directory.Exists(Home)) Directory.Delete(Home, recursive: true);
    }

    private async Task EndAsync(string signal, CancellationToken cancellation)
    {
        Tests.Signals.Send(signal, Id);
        await _process.WaitForExitAsync(cancellation);
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
    }
}
