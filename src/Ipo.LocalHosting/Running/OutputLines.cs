using System.Text;

namespace Ipo.LocalHosting.Running;

/// <summary>Reads a process' output line by line, without ever holding more than the limit of a line: a process may print
/// gigabytes without a line break.</summary>
internal static class OutputLines
{
    /// <summary>Characters kept of a line; what follows in it is dropped, and an ellipsis says so.</summary>
    public const int LongestLine = 8192;

    public static async Task Read(StreamReader output, Action<string> line)
    {
        var buffer = new char[4096];
        var current = new StringBuilder();
        var dropped = false;
        int read;
        while ((read = await output.ReadAsync(buffer)) > 0)
        {
            for (var rest = buffer.AsMemory(0, read); !rest.IsEmpty;)
            {
                var end = rest.Span.IndexOf('\n');
                var piece = end < 0 ? rest : rest[..end];
                var room = Math.Min(piece.Length, LongestLine - current.Length);
                current.Append(piece.Span[..room]);
                dropped |= room < piece.Length;
                rest = end < 0 ? default : rest[(end + 1)..];
                if (end >= 0) Finish();
            }
        }
        if (current.Length > 0) Finish();

        void Finish()
        {
            line(current.ToString().TrimEnd('\r') + (dropped ? " …" : ""));
            current.Clear();
            dropped = false;
        }
    }
}
