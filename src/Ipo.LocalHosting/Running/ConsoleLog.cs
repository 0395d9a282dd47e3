namespace Ipo.LocalHosting.Running;

/// <summary>Prints every resource's lines on one stream, each with the resource's name before it, aligned, and coloured where a
/// person looks at it on a terminal.</summary>
internal sealed class ConsoleLog(TextWriter output, bool colour)
{
    // Readable on black and on white alike.
    private static readonly int[] Palette = [32, 36, 35, 33, 34, 92, 96, 95];

    private readonly Lock _gate = new();
    private readonly List<string> _names = [];
    private int _width = 4;

    public static ConsoleLog ForTerminal() =>
        new(Console.Out, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    /// <summary>The names to make room for, in the order that gives them their colours.</summary>
    public void Expect(IEnumerable<string> names)
    {
        lock (_gate)
        {
            _names.AddRange(names);
            _width = _names.Count == 0 ? _width : Math.Max(_width, _names.Max(name => name.Length));
        }
    }

    public void Write(LogLine line)
    {
        lock (_gate)
        {
            var name = line.Resource.PadRight(_width);
            if (colour) name = $"\e[{Palette[Math.Max(0, _names.IndexOf(line.Resource)) % Palette.Length]}m{name}\e[0m";
            output.WriteLine($"{name} | {line.Text}");
            output.Flush();
        }
    }
}
