using System.Diagnostics;
using System.Text.Json;

namespace Ipo.Cli.Connections;

/// <summary>Where the orchestrator is, and who said so.</summary>
/// <param name="Uri">Base address of its gRPC port.</param>
/// <param name="Source">The option, variable or file that named it.</param>
/// <param name="WriterProcess">Process id of the AppHost that wrote the file; null where no file was read.</param>
internal sealed record ServerAddress(Uri Uri, string Source, int? WriterProcess = null)
{
    private const string Start = "'dotnet run --project src/Ipo.AppHost'";

    /// <summary>
    /// Finds the orchestrator: the option, then IPO_SERVER, then the AppHost's service discovery, then the file that a
    /// running AppHost leaves in $IPO_HOME (~/.ipo).
    /// </summary>
    /// <exception cref="CommandFailure">Nothing names an orchestrator, or what names it cannot be read.</exception>
    public static ServerAddress Find(string? option, Func<string, string?> environment)
    {
        if (option is { Length: > 0 }) return new(Parse(option, "--server"), "--server");
        foreach (var variable in (string[])["IPO_SERVER", "services__orchestrator__grpc__0"])
            if (environment(variable) is { Length: > 0 } set)
                return new(Parse(set, variable), variable);
        var file = EndpointsFile(environment);
        return File.Exists(file)
            ? Read(file)
            : throw new CommandFailure(
                $"No orchestrator found: --server and IPO_SERVER are not set, and no running AppHost has written {file}. " +
                $"Start one with {Start}, or pass --server http://HOST:PORT.");
    }

    /// <summary>What to tell a person when the address refuses connections.</summary>
    public string WhyNothingAnswers() => WriterProcess switch
    {
        null => $"Nothing is listening at {Uri} ({Source}). Check the address, or start the orchestrator with {Start}.",
        { } id when IsRunning(id) =>
            $"Nothing is listening at {Uri}, though the AppHost that wrote {Source} still runs (process {id}). " +
            "Its orchestrator may be starting or may have stopped: see the dashboard or the AppHost's output.",
        { } id =>
            $"Nothing is listening at {Uri}: {Source} is stale, because the AppHost that wrote it (process {id}) no longer runs. " +
            $"Start it again with {Start}, or pass --server http://HOST:PORT.",
    };

    private static string EndpointsFile(Func<string, string?> environment) => Path.Combine(IpoHome.Folder(environment), "endpoints.json");

    private static ServerAddress Read(string file)
    {
        const string Path = "services.orchestrator.grpc";
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var address = document.RootElement.GetProperty("services").GetProperty("orchestrator").GetProperty("grpc").GetString();
            var process = document.RootElement.TryGetProperty("pid", out var pid) && pid.TryGetInt32(out var id) ? id : (int?)null;
            return new(Parse(address ?? "", $"{Path} in {file}"), file, process);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandFailure(
                $"{file} cannot be read: it has no {Path}. Restart the AppHost to rewrite it, or pass --server http://HOST:PORT.");
        }
    }

    private static Uri Parse(string text, string where) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
            ? uri
            : throw new CommandFailure(
                $"{where} holds '{text}', which is not an address; use http://HOST:PORT or https://HOST:PORT.", ExitCode.Usage);

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false; // What GetProcessById throws when there is no such process.
        }
    }
}
