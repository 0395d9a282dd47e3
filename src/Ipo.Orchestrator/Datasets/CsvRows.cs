using System.Text;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>A table as text: comma-separated values as RFC 4180 has them, and what spreadsheets make of them. The first
/// line names the columns; semicolons and tabs separate as commas do where it holds them; a cell with a separator, a
/// quotation mark or a line break stands in quotation marks, and a quotation mark inside them is doubled. Rows without
/// any content are skipped, and cells under no column's name are no cells.</summary>
internal sealed class CsvRows
{
    private const int LongestCellCharacters = 10_000;
    private const char Comma = ',', Semicolon = ';', Tab = '\t';

    private readonly string _name;
    private readonly TextReader _text;
    private char _separator = Comma;
    private int _line = 1;

    private CsvRows(string name, TextReader text) => (_name, _text) = (name, text);

    /// <summary>Reads all rows.</summary>
    /// <param name="name">What messages call the file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="needed">Columns that must be there; others may be.</param>
    /// <exception cref="RefusedException">The text is no such table; the message names the line.</exception>
    public static IEnumerable<CsvRow> Read(string name, TextReader text, params string[] needed)
    {
        var rows = new CsvRows(name, text);
        var header = rows.First()
            ?? throw RefusedException.Invalid($"{name} is empty; its first line names the columns: {string.Join(',', needed)}.");
        var columns = Columns(header);
        if (needed.Where(column => !columns.ContainsKey(column)).ToList() is { Count: > 0 } missing)
            throw RefusedException.Invalid(
                $"{name}, line {header.Line}: the header '{header.Text}' has no column '{missing[0]}'; it needs "
                    + $"{string.Join(" and ", needed.Select(column => $"'{column}'"))}, separated by commas.");
        if (columns.Count < header.Cells.Count(cell => !string.IsNullOrWhiteSpace(cell)))
            throw RefusedException.Invalid($"{name}, line {header.Line}: the header '{header.Text}' names a column twice.");
        var widest = columns.Values.Max() + 1;
        while (rows.Next() is { } row)
        {
            if (row.Cells.TrueForAll(string.IsNullOrWhiteSpace)) continue;
            if (row.Cells.Count < widest || row.Cells.Skip(header.Cells.Count).Any(cell => !string.IsNullOrWhiteSpace(cell)))
                throw RefusedException.Invalid(
                    $"{name}, line {row.Line} has {row.Cells.Count} cells, and the header has {header.Cells.Count}; put a cell with a "
                        + $"{SeparatorName(rows._separator)} in quotation marks.");
            yield return new(row.Line, columns, row.Cells);
        }
    }

    /// <summary>The columns that a first line names, in lower case; null where there is no first line or it is no
    /// header.</summary>
    public static IReadOnlyCollection<string>? Header(string name, TextReader text)
    {
        try { return new CsvRows(name, text).First() is { } header ? [.. Columns(header).Keys] : null; }
        catch (RefusedException) { return null; } // a file that is no table has no header
    }

    private static Dictionary<string, int> Columns(CsvLine header)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (position, cell) in header.Cells.Index())
            if (!string.IsNullOrWhiteSpace(cell)) columns.TryAdd(cell.Trim().ToLowerInvariant(), position);
        return columns;
    }

    // The separator is not known before the first line was seen; Excel may name it in a line of its own ("sep=;").
    private CsvLine? First()
    {
        SkipEmptyLines();
        var line = _line;
        if (RawLine() is not { } first) return null;
        if (first.Trim() is { Length: 5 } named && named.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            && named[4] is Comma or Semicolon or Tab)
        {
            _separator = first.Trim()[4];
            return Next();
        }
        _separator = SeparatorOf(first);
        var header = new CsvRows(_name, new StringReader(first)) { _separator = _separator, _line = line };
        return header.Next();
    }

    // The one that stands there most often outside quotation marks; a comma in doubt.
    private static char SeparatorOf(string header)
    {
        var (quoted, counts) = (false, new Dictionary<char, int> { [Comma] = 0, [Semicolon] = 0, [Tab] = 0 });
        foreach (var character in header)
        {
            if (character == '"') quoted = !quoted;
            else if (!quoted && counts.TryGetValue(character, out var count)) counts[character] = count + 1;
        }
        return counts.MaxBy(count => count.Value).Key;
    }

    private static string SeparatorName(char separator) => separator switch
    {
        Semicolon => "semicolon",
        Tab => "tab",
        _ => "comma",
    };

    // A line as it stands, with line breaks that are quoted; its end is read and not given.
    private string? RawLine()
    {
        if (_text.Peek() < 0) return null;
        var (line, quoted, began) = (new StringBuilder(), false, _line);
        while (_text.Peek() is >= 0 and var next && (quoted || next is not ('\r' or '\n')))
        {
            _text.Read();
            if (next == '"') quoted = !quoted;
            if (next == '\n') _line++;
            Add(line, (char)next, began);
        }
        SkipLineEnd();
        return line.ToString();
    }

    private CsvLine? Next()
    {
        SkipEmptyLines();
        if (_text.Peek() < 0) return null;
        var (line, cells) = (_line, new List<string>());
        while (true)
        {
            SkipBlanks();
            cells.Add(_text.Peek() == '"' ? Quoted() : Plain());
            if (_text.Peek() == _separator) _text.Read();
            else break;
        }
        SkipLineEnd();
        return new(line, cells, _separator);
    }

    private string Plain()
    {
        var cell = new StringBuilder();
        while (_text.Peek() is >= 0 and var next && !EndsCell(next)) Add(cell, (char)_text.Read(), _line);
        return cell.ToString();
    }

    private bool EndsCell(int character) => character is '\r' or '\n' || character == _separator;

    private string Quoted()
    {
        var began = _line;
        var cell = new StringBuilder();
        _text.Read();
        while (true)
        {
            var next = _text.Read();
            if (next < 0) throw RefusedException.Invalid($"{_name}, line {began}: a quotation mark is opened and never closed.");
            if (next == '"' && _text.Peek() != '"') break;
            if (next == '"') _text.Read();
            if (next == '\n') _line++;
            Add(cell, (char)next, began);
        }
        SkipBlanks();
        return _text.Peek() < 0 || EndsCell(_text.Peek())
            ? cell.ToString()
            : throw RefusedException.Invalid(
                $"{_name}, line {_line}: '{(char)_text.Peek()}' follows a closing quotation mark; double a quotation mark inside a cell.");
    }

    private void Add(StringBuilder cell, char character, int line)
    {
        if (cell.Length == LongestCellCharacters)
            throw RefusedException.Invalid(
                $"{_name}, line {line}: a cell has more than {LongestCellCharacters} characters; is a quotation mark missing?");
        cell.Append(character);
    }

    // Blanks around a cell are no part of it.
    private void SkipBlanks()
    {
        while (_text.Peek() is ' ') _text.Read();
    }

    private void SkipEmptyLines()
    {
        while (_text.Peek() is '\r' or '\n') SkipLineEnd();
    }

    private void SkipLineEnd()
    {
        if (_text.Peek() == '\r') _text.Read();
        if (_text.Peek() == '\n') _text.Read();
        _line++;
    }
}

/// <summary>A line of a table.</summary>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Cells">Its cells.</param>
/// <param name="Separator">What stands between them.</param>
internal sealed record CsvLine(int Line, List<string> Cells, char Separator)
{
    /// <summary>The cells as they stand, for messages.</summary>
    public string Text => string.Join(Separator, Cells);
}

/// <summary>A row of a CSV file.</summary>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Columns">Positions of the columns, by name in lower case.</param>
/// <param name="Cells">Its cells.</param>
internal sealed record CsvRow(int Line, IReadOnlyDictionary<string, int> Columns, IReadOnlyList<string> Cells)
{
    /// <summary>The cell of a column without white space around it; null where there is no such column.</summary>
    public string? this[string column] => Columns.TryGetValue(column, out var position) ? Cells[position].Trim() : null;
}
