using Ipo.Cli.Connections;
using Ipo.V1;

namespace Ipo.Cli.Hub;

/// <summary>The folder that a model is pulled into. Files gather in FOLDER.pulling beside it and move in one step at the end, so that
/// FOLDER is whole or not there. One pull at a time works on it.</summary>
internal sealed class PullFolder : IDisposable
{
    private const string Suffix = ".pulling";

    private readonly string _path, _staging;
    private readonly FileStream _lock;

    private PullFolder(string path, string staging, FileStream held) => (_path, _staging, _lock) = (path, staging, held);

    /// <summary>Where files gather; what an interrupted pull left is still there.</summary>
    public string Files => FilesIn(_staging);

    private string Old => Path.Combine(_staging, "old");

    /// <summary>Takes the folder for this pull.</summary>
    /// <exception cref="CommandFailure">Another pull has it, or it holds what no pull wrote.</exception>
    public static PullFolder Open(string path)
    {
        var staging = path + Suffix;
        Directory.CreateDirectory(staging);
        FileStream held;
        try
        {
            // The system lets go of it when this process ends, also after kill -9.
            held = new(
                Path.Combine(staging, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0,
                FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            throw new CommandFailure($"Another 'ipo model pull' works on {path}. Wait for its end, or take another folder with --into.");
        }
        var folder = new PullFolder(path, staging, held);
        try
        {
            folder.FinishExchange();
            RequireOurs(path);
            Directory.CreateDirectory(folder.Files);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Bytes that an interrupted pull left beside a folder.</summary>
    public static long Left(string path) => Directory.Exists(FilesIn(path + Suffix))
        ? new DirectoryInfo(FilesIn(path + Suffix)).EnumerateFiles().Sum(file => file.Length)
        : 0;

    /// <summary>Requires room on the disk.</summary>
    /// <param name="bytes">What is still to be written.</param>
    /// <exception cref="CommandFailure">There is too little.</exception>
    public void RequireRoom(decimal bytes)
    {
        var free = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(_staging)! : _staging).AvailableFreeSpace;
        if (bytes > free)
            throw new CommandFailure(
                $"{_path} needs {Amounts.Bytes(bytes)} more, and its disk has {Amounts.Bytes(free)} free. "
                + "Make room, or take another disk with --into.");
    }

    /// <summary>Moves what was gathered into its place.</summary>
    public void Publish()
    {
        if (Directory.Exists(_path)) Directory.Move(_path, Old);
        Directory.Move(Files, _path);
        FinishExchange();
    }

    public void Dispose()
    {
        if (Directory.Exists(Files) && !Directory.EnumerateFileSystemEntries(Files).Any()) Directory.Delete(Files);
        _lock.Dispose();
        if (!Directory.EnumerateFileSystemEntries(_staging).Any()) Directory.Delete(_staging);
    }

    // Where a pull ended between the two moves of Publish, or behind them.
    private void FinishExchange()
    {
        if (!Directory.Exists(Old)) return;
        if (Directory.Exists(_path)) Directory.Delete(Old, recursive: true);
        else Directory.Move(Old, _path);
    }

    private static string FilesIn(string staging) => Path.Combine(staging, "files");

    // A folder is replaced as a whole, and so must not hold anything of somebody else's.
    private static void RequireOurs(string path)
    {
        if (File.Exists(path)) throw new CommandFailure($"{path} is a file. Take another folder with --into.");
        if (!Directory.Exists(path)) return;
        var ours = PullRecord.In(path)?.Files.Select(file => file.Name).Append(PullRecord.FileName) ?? [];
        var others = Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)).Except(ours)
            .Order(StringComparer.Ordinal).ToList();
        if (others.Count > 0)
            throw new CommandFailure(
                $"{path} holds what 'ipo model pull' did not write "
                + $"({string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", …" : "")}). "
                + "Move that away, or take another folder with --into.");
    }
}
