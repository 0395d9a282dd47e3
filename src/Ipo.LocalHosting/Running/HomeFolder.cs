using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Ipo.LocalHosting.Running;

/// <summary>The folder IPO_HOME (default ~/.ipo): one host at a time runs from it, and says in endpoints.json where everything
/// listens, so that a client started by hand finds it.</summary>
internal sealed class HomeFolder : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly FileStream _lock;
    private readonly string _endpoints;

    private HomeFolder(FileStream held, string endpoints) => (_lock, _endpoints) = (held, endpoints);

    /// <exception cref="DistributedApplicationException">Another host runs from it, or it cannot be written.</exception>
    public static HomeFolder Open(IConfiguration configuration)
    {
        var folder = configuration["IPO_HOME"] is { Length: > 0 } set
            ? Path.GetFullPath(set)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ipo");
        var endpoints = Path.Combine(folder, "endpoints.json");
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The folder {folder} cannot be made ({refusal.Message}); set IPO_HOME to one that can be written.");
        }
        try
        {
            // The system lets go of it when this process ends, also after kill -9, so no stale lock can stay.
            return new HomeFolder(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), endpoints);
        }
        catch (IOException)
        {
            throw new DistributedApplicationException($"Another Ipo runs from {folder} already{Who(endpoints)}; stop it, or set IPO_HOME to another folder.");
        }
        catch (UnauthorizedAccessException refusal)
        {
            throw new DistributedApplicationException($"The folder {folder} cannot be written ({refusal.Message}); set IPO_HOME to one that can.");
        }
    }

    /// <summary>Writes endpoints.json in one step: a reader sees the old file or the new one, never half of it.</summary>
    public void Write(string page, IEnumerable<ProcessResource> resources)
    {
        var content = new EndpointsFile(Environment.ProcessId, page, resources
            .Where(resource => resource.Endpoints.Count > 0)
            .ToDictionary(resource => resource.Name, resource => resource.Endpoints.ToDictionary(endpoint => endpoint.Name, endpoint => endpoint.UrlOf(0))));
        var next = _endpoints + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(content, Json));
        File.Move(next, _endpoints, overwrite: true);
    }

    public void Dispose()
    {
        File.Delete(_endpoints);
        _lock.Dispose();
    }

    private static string Who(string endpoints)
    {
        try
        {
            return JsonSerializer.Deserialize<EndpointsFile>(File.ReadAllText(endpoints), Json) is { } other ? $" (process {other.Pid}, {other.Page})" : "";
        }
        catch (Exception absence) when (absence is IOException or JsonException)
        {
            return ""; // it has not written its endpoints yet
        }
    }

    private sealed record EndpointsFile(int Pid, string Page, Dictionary<string, Dictionary<string, string>> Services);
}
