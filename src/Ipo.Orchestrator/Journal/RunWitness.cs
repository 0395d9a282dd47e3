using System.Collections.Concurrent;
using System.Text.Json;

namespace Ipo.Orchestrator.Journal;

/// <summary>Remembers, beside the journal's file, how far each run had come, so that a journal that lost its end is noticed. It is a
/// file of lines of JSON, written without waiting for the disk: it knows of what a killed process had written, and may know less
/// after a power cut, never more.</summary>
internal sealed partial class RunWitness : IDisposable
{
    private readonly ConcurrentDictionary<RunKey, Seen> _last = new();
    private readonly Lock _writing = new();
    private readonly ILogger<RunWitness> _log;
    private readonly StreamWriter? _file;
    private bool _isSilent;

    /// <param name="path">The file; null for a journal that is not in a file, of which nothing is remembered.</param>
    /// <param name="log">Told once when it cannot be written.</param>
    public RunWitness(string? path, ILogger<RunWitness> log)
    {
        _log = log;
        if (path is null) return;
        try
        {
            foreach (var line in File.Exists(path) ? File.ReadLines(path) : []) Read(line);
            // Anew, without what later lines say again.
            var next = $"{path}.next";
            File.WriteAllLines(next, _last.Where(known => known.Value.Length > 0).Select(known => Line(known.Key, known.Value)));
            File.Move(next, path, overwrite: true);
            var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            _file = new(file) { AutoFlush = true };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { Silent(fault); }
    }

    /// <summary>Remembers that a run has so many events and steps; 0 events forget it.</summary>
    public void Remember(RunKey run, long length, int steps)
    {
        if (_file is null) return;
        _last[run] = new(length, steps);
        try
        {
            lock (_writing) _file.WriteLine(Line(run, new(length, steps)));
            _isSilent = false;
        }
        catch (IOException fault) { Silent(fault); }
    }

    /// <summary>What a run had when it was noted last, of which more is gone by now; null if nothing is.</summary>
    public (long Length, int Steps)? Missed(RunKey run, long length) =>
        _last.TryGetValue(run, out var last) && last.Length > length ? (last.Length, last.Steps) : null;

    public void Dispose() => _file?.Dispose();

    private void Read(string line)
    {
        try
        {
            if (JsonSerializer.Deserialize<Entry>(line, JsonSerializerOptions.Web) is { } entry)
                _last[new(entry.Tenant, entry.Run)] = new(entry.Length, entry.Steps);
        }
        catch (JsonException) { } // a line that was being written when the process died: the one before it counts
    }

    private static string Line(RunKey run, Seen seen) =>
        JsonSerializer.Serialize(new Entry(run.Tenant, run.RunId, seen.Length, seen.Steps), JsonSerializerOptions.Web);

    private void Silent(Exception fault)
    {
        if (!_isSilent) CannotWrite(fault.Message);
        _isSilent = true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "How far runs have come is not remembered beside the journal: {Reason}")]
    private partial void CannotWrite(string reason);

    private readonly record struct Seen(long Length, int Steps);

    private sealed record Entry(string Tenant, string Run, long Length, int Steps);
}
