using System.Security.Cryptography;
using System.Text.Json;

namespace Ipo.AppHost;

/// <summary>The folder IPO_HOME (default ~/.ipo). One host at a time runs from it, and says in endpoints.json where
/// everything listens, so that a client started by hand finds it. Only its owner can enter it: the journal in it holds
/// instructions, answers and the names of images.</summary>
internal sealed class HomeFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly FileStream _lock;
    private readonly string _folder;
    private readonly string _endpoints;

    private HomeFolder(FileStream held, string folder, string endpoints) => (_lock, _folder, _endpoints) = (held, folder, endpoints);

    /// <summary>Makes the folder where it is missing, takes away what rights others have to it, and holds it until
    /// disposed.</summary>
    /// <exception cref="DistributedApplicationException">Another host runs from it, or it cannot be used.</exception>
    public static HomeFolder Open(string folder)
    {
        var endpoints = Path.Combine(folder, "endpoints.json");
        try
        {
            MakePrivate(folder);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, refusal);
        }
        try
        {
            // The system lets go of it when this process ends, also after kill -9, so no stale lock can stay.
            var held = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new(held, folder, endpoints);
        }
        catch (IOException)
        {
            throw new DistributedApplicationException(
                $"Another Ipo already runs from {folder}{Owner(endpoints)}; stop it, or set IPO_HOME to another folder.");
        }
        catch (UnauthorizedAccessException refusal)
        {
            throw Unusable(folder, refusal);
        }
    }

    /// <summary>Writes endpoints.json in one step: a reader sees the old file or the new one, never half of
    /// it.</summary>
    /// <param name="dashboard">Address of the dashboard with its token; null where none runs.</param>
    /// <param name="services">Addresses by service and endpoint.</param>
    public void Write(string? dashboard, IReadOnlyDictionary<string, Dictionary<string, string>> services)
    {
        var next = _endpoints + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(new EndpointsFile(Environment.ProcessId, dashboard, services), Json));
        File.Move(next, _endpoints, overwrite: true);
    }

    /// <summary>A random text that this installation keeps to itself, made when it is first asked for.</summary>
    /// <param name="name">The file in this folder.</param>
    /// <returns>64 hexadecimal digits, 256 bits.</returns>
    /// <exception cref="DistributedApplicationException">The file is there and cannot be used.</exception>
    public string Secret(string name)
    {
        var path = Path.Combine(_folder, name);
        try
        {
            if (!File.Exists(path))
            {
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                using var file = new StreamWriter(path + ".next", options);
                file.Write(RandomNumberGenerator.GetHexString(64, lowercase: true));
                file.Close();
                File.Move(path + ".next", path);
            }
            var secret = File.ReadAllText(path).Trim();
            return secret.Length >= 32 && secret.All(char.IsAsciiLetterOrDigit) ? secret : throw new DistributedApplicationException(
                $"{path} does not hold 32 or more letters and digits; delete it, and a new one is made. What is cached is then made anew.");
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"{path} cannot be used ({refusal.Message}).", refusal);
        }
    }

    public void Dispose()
    {
        File.Delete(_endpoints);
        _lock.Dispose();
    }

    private static DistributedApplicationException Unusable(string folder, Exception refusal) =>
        new($"IPO_HOME: {folder} cannot be used ({refusal.Message}). Set it to a folder of your own.");

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder); // a profile's folders are private there by inheritance
            return;
        }
        Directory.CreateDirectory(folder, OwnerOnly);
        if ((File.GetUnixFileMode(folder) & ~OwnerOnly) == 0) return;
        File.SetUnixFileMode(folder, OwnerOnly);
        Console.WriteLine($"{folder} was readable by other users; its mode is now 700.");
    }

    private static string Owner(string endpoints)
    {
        try
        {
            return JsonSerializer.Deserialize<EndpointsFile>(File.ReadAllText(endpoints), Json) is { } other
                ? $" (process {other.Pid}{(other.Dashboard is { } dashboard ? $", {dashboard}" : "")})"
                : "";
        }
        catch (Exception absence) when (absence is IOException or JsonException)
        {
            return ""; // it has not written its endpoints yet
        }
    }

    private sealed record EndpointsFile(int Pid, string? Dashboard, IReadOnlyDictionary<string, Dictionary<string, string>> Services);
}
