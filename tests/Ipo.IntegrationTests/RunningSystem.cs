using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Grpc.Net.Client;
using Ipo.V1;

namespace Ipo.IntegrationTests;

/// <summary>The system as <c>dotnet run --project src/Ipo.AppHost</c> starts it, with a home folder of its own.</summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private static readonly string Configuration =
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name; // bin/<configuration>/net10.0/

    private readonly Process _appHost;
    private readonly StringBuilder _output = new();
    private readonly HttpClient _http = new();
    private readonly IReadOnlyDictionary<string, string> _environment;
    private GrpcChannel? _channel;
    private Uri? _page;

    private RunningSystem(string home, IReadOnlyDictionary<string, string> environment)
    {
        Home = home;
        _environment = environment;
        _appHost = Start("Ipo.AppHost", "Ipo.AppHost.dll", []);
        _appHost.OutputDataReceived += (_, line) => Keep(line.Data);
        _appHost.ErrorDataReceived += (_, line) => Keep(line.Data);
        _appHost.BeginOutputReadLine();
        _appHost.BeginErrorReadLine();
    }

    /// <summary>The system's IPO_HOME; it is deleted with the system.</summary>
    public string Home { get; }

    /// <summary>The AppHost's process.</summary>
    public int ProcessId => _appHost.Id;

    /// <summary>Everything that the AppHost printed so far, its resources' lines included.</summary>
    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>The page with resources, logs and traces.</summary>
    public Uri Page => _page ?? throw new InvalidOperationException("The system is not up yet.");

    /// <summary>A client of the orchestrator; its address survives the orchestrator's restarts.</summary>
    public OrchestratorService.OrchestratorServiceClient Orchestrator =>
        new(_channel ?? throw new InvalidOperationException("The system is not up yet."));

    /// <summary>Starts a system and waits until every service is healthy.</summary>
    public static async Task<RunningSystem> StartAsync(CancellationToken cancellation, params (string Name, string Value)[] environment)
    {
        var home = Directory.CreateTempSubdirectory("ipo-").FullName;
        var system = new RunningSystem(home, environment.ToDictionary(pair => pair.Name, pair => pair.Value));
        try
        {
            await system.UpAsync(cancellation);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>A JSON document of the page.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation) =>
        JsonDocument.Parse(await _http.GetStringAsync(new Uri(Page, path), cancellation)).RootElement;

    /// <summary>The resources as the page shows them.</summary>
    public async Task<IReadOnlyList<JsonElement>> ResourcesAsync(CancellationToken cancellation) =>
        [.. (await GetAsync("/api/resources", cancellation)).GetProperty("resources").EnumerateArray()];

    /// <summary>The process of a service.</summary>
    public async Task<int> ProcessOfAsync(string resource, CancellationToken cancellation) =>
        (await ResourcesAsync(cancellation)).First(one => one.GetProperty("resource").GetString() == resource).GetProperty("pid").GetInt32();

    /// <summary>Kills a service as <c>kill -9</c> does.</summary>
    /// <returns>The process that was killed, for <see cref="RestartedAsync"/>.</returns>
    public async Task<int> KillAsync(string resource, CancellationToken cancellation)
    {
        var process = await ProcessOfAsync(resource, cancellation);
        Process.GetProcessById(process).Kill();
        return process;
    }

    /// <summary>Waits until a killed service runs as another process and everything is healthy.</summary>
    public async Task RestartedAsync(string resource, int killed, CancellationToken cancellation)
    {
        while (true)
        {
            var now = (await ResourcesAsync(cancellation)).First(one => one.GetProperty("resource").GetString() == resource);
            if (now.GetProperty("pid") is { ValueKind: JsonValueKind.Number } process && process.GetInt32() != killed) break;
            await Task.Delay(50, cancellation);
        }
        await HealthyAsync(cancellation);
    }

    /// <summary>Waits until every service is healthy.</summary>
    public async Task HealthyAsync(CancellationToken cancellation)
    {
        while (!(await ResourcesAsync(cancellation)).All(Ready))
        {
            if (_appHost.HasExited) throw new InvalidOperationException($"The AppHost ended.\n{Output}");
            await Task.Delay(50, cancellation);
        }
    }

    private static bool Ready(JsonElement resource) =>
        resource.GetProperty("kind").GetString() == "task" || resource.GetProperty("state").GetString() == "healthy";

    /// <summary>Runs the command line to its end against this system.</summary>
    public async Task<CommandResult> IpoAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var process = Start("Ipo.Cli", "ipo.dll", arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>Sends what Ctrl-C in a terminal sends: SIGINT to every process there at once. Waits for the end.</summary>
    /// <returns>The AppHost's exit code.</returns>
    public async Task<int> InterruptAsync(CancellationToken cancellation)
    {
        var services = (await ResourcesAsync(cancellation)).Select(one => one.GetProperty("pid")).Where(pid => pid.ValueKind == JsonValueKind.Number).Select(pid => pid.GetInt32());
        using var interrupt = Process.Start("kill", ["-INT", .. services.Append(ProcessId).Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        await _appHost.WaitForExitAsync(cancellation);
        return _appHost.ExitCode;
    }

    /// <summary>Stops everything as a service manager does; the home folder stays.</summary>
    public async Task StopAsync()
    {
        if (_appHost.HasExited) return;
        using var terminate = Process.Start("kill", ["-TERM", _appHost.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _appHost.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        _http.Dispose();
        await StopAsync();
        _appHost.Dispose();
        if (Directory.Exists(Home)) Directory.Delete(Home, recursive: true);
    }

    private async Task UpAsync(CancellationToken cancellation)
    {
        var endpoints = Path.Combine(Home, "endpoints.json");
        while (!File.Exists(endpoints))
        {
            if (_appHost.HasExited) throw new InvalidOperationException($"The AppHost ended at its start.\n{Output}");
            await Task.Delay(50, cancellation);
        }
        var found = JsonDocument.Parse(await File.ReadAllTextAsync(endpoints, cancellation)).RootElement;
        _page = new Uri(found.GetProperty("page").GetString()!);
        _channel = GrpcChannel.ForAddress(found.GetProperty("services").GetProperty("orchestrator").GetProperty("grpc").GetString()!);
        await HealthyAsync(cancellation);
    }

    private Process Start(string project, string assembly, string[] arguments)
    {
        var path = Path.Combine(Tests.Shared.Repository, "src", project, "bin", Configuration, "net10.0", assembly);
        // A shell lets what it starts in the background ignore SIGINT, and that is inherited: with the tests there, Ctrl-C would go by.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(command[0], [.. command[1..], path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Tests.Shared.Repository,
        };
        start.Environment.Remove("IPO_SERVER"); // the commands are for this system, wherever a person's go
        start.Environment["IPO_HOME"] = Home;
        start.Environment["IPO_SAMPLE"] = "none"; // the tests say themselves what is run
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
    }
}

/// <summary>What a command printed and how it ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors);
