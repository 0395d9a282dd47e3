namespace Ipo.Cli.Output;

/// <summary>Rows of text in aligned columns, without lines between them, so that they are easy to read and to
/// cut.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [headings];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(Terminal terminal)
    {
        var widths = Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => ScreenText.Width(row[column]))).ToArray();
        foreach (var row in _rows)
            terminal.Print(string.Join("  ", row.Select((cell, column) => ScreenText.Pad(cell, widths[column]))).TrimEnd());
    }
}
