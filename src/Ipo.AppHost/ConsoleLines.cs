namespace Ipo.AppHost;

/// <summary>Prints lines of several resources on one stream, each with the resource's name before it, aligned, and
/// coloured where a person looks at it on a terminal.</summary>
internal sealed class ConsoleLines(TextWriter output, bool colour, IReadOnlyList<string> names)
{
    /// <summary>The name under which the host itself speaks.</summary>
    public const string Host = "host";

    // Readable on black and on white alike.
    private static readonly int[] Palette = [32, 36, 35, 33, 34, 92, 96, 95];

    private readonly Lock _gate = new();
    private readonly int _width = names.Append(Host).Max(name => name.Length);

    /// <summary>With colours where the output is this process's own and a person looks at it.</summary>
    public static ConsoleLines On(TextWriter output, IReadOnlyList<string> names) =>
        new(output, output == Console.Out && IsColoured, names);

    private static bool IsColoured => !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public void Write(string name, string text)
    {
        var padded = name.PadRight(_width);
        if (colour) padded = $"\e[{ColourOf(name)}m{padded}\e[0m";
        lock (_gate)
        {
            output.WriteLine($"{padded} | {text}");
            output.Flush();
        }
    }

    private int ColourOf(string name) => Palette[(names.Index().FirstOrDefault(one => one.Item == name).Index + 1) % Palette.Length];
}
