using System.Text;

namespace Ipo.LocalHosting.Running;

/// <summary>One line a resource wrote; its number grows by one from line to line over all resources.</summary>
internal sealed record LogLine(long Number, DateTimeOffset Time, string Resource, bool IsError, string Text);

/// <summary>The last lines of every resource, so that a chatty one does not push out the others'.</summary>
internal sealed class LogBook(TimeProvider clock, int linesPerResource = LogBook.LinesKept)
{
    public const int LinesKept = 2000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<LogLine>> _lines = [];
    private long _last;

    public LogLine Add(string resource, string text, bool isError)
    {
        lock (_gate)
        {
            var line = new LogLine(++_last, clock.GetUtcNow(), resource, isError, Printable(text));
            if (!_lines.TryGetValue(resource, out var queue)) _lines[resource] = queue = new();
            if (queue.Count == linesPerResource) queue.Dequeue();
            queue.Enqueue(line);
            return line;
        }
    }

    /// <summary>The newest lines after <paramref name="after"/>, oldest first; of one resource, or of all where it is null.</summary>
    public IReadOnlyList<LogLine> Read(string? resource, long after = 0, int limit = LinesKept)
    {
        lock (_gate)
        {
            var lines = resource is null ? _lines.Values.SelectMany(queue => queue)
                : _lines.TryGetValue(resource, out var one) ? one
                : Enumerable.Empty<LogLine>();
            return [.. lines.Where(line => line.Number > after).OrderBy(line => line.Number).TakeLast(limit)];
        }
    }

    // A log line may quote what a model or an image's name says; escape sequences in it must not reach the terminal.
    private static string Printable(string text)
    {
        if (!text.Any(letter => char.IsControl(letter) && letter != '\t')) return text;
        var printable = new StringBuilder(text.Length);
        foreach (var letter in text)
            printable.Append(char.IsControl(letter) && letter != '\t' ? '\uFFFD' : letter);
        return printable.ToString();
    }
}
