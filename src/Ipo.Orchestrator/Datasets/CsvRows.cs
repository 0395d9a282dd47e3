using System.Text;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Comma-separated values as RFC 4180 has them: the first line names the columns, a cell with a comma, a
/// quotation mark or a line break stands in quotation marks, and a quotation mark inside them is doubled. Empty lines
/// are skipped.</summary>
internal sealed class CsvRows
{
    private const int LongestCellCharacters = 10_000;

    private readonly string _name;
    private readonly TextReader _text;
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
        var header = rows.Next()
            ?? throw RefusedException.Invalid($"{name} is empty; its first line names the columns: {string.Join(',', needed)}.");
        var columns = Columns(header);
        if (needed.Where(column => !columns.ContainsKey(column)).ToList() is { Count: > 0 } missing)
            throw RefusedException.Invalid(
                $"{name}, line {header.Line}: the header '{string.Join(',', header.Cells)}' has no column '{missing[0]}'; it needs "
                    + $"{string.Join(" and ", needed.Select(column => $"'{column}'"))}, separated by commas.");
        if (columns.Count < header.Cells.Count)
            throw RefusedException.Invalid(
                $"{name}, line {header.Line}: the header '{string.Join(',', header.Cells)}' names a column twice.");
        while (rows.Next() is { } row)
        {
            if (row.Cells.Count != header.Cells.Count)
                throw RefusedException.Invalid(
                    $"{name}, line {row.Line} has {row.Cells.Count} cells, and the header has {header.Cells.Count}; put a cell with a "
                        + "comma in quotation marks.");
            yield return new(row.Line, columns, row.Cells);
        }
    }

    /// <summary>The columns that a first line names, in lower case; null where there is no first line or it is no
    /// header.</summary>
    public static IReadOnlyCollection<string>? Header(string name, TextReader text)
    {
        try { return new CsvRows(name, text).Next() is { } header ? [.. Columns(header).Keys] : null; }
        catch (RefusedException) { return null; } // a file that is no table has no header
    }

    private static Dictionary<string, int> Columns((int Line, List<string> Cells) header)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (cell, position) in header.Cells.Select((cell, position) => (cell, position)))
            columns.TryAdd(cell.Trim().ToLowerInvariant(), position);
        return columns;
    }

    private (int Line, List<string> Cells)? Next()
    {
        while (_text.Peek() is '\r' or '\n') SkipLineEnd();
        if (_text.Peek() < 0) return null;
        var (line, cells) = (_line, new List<string>());
        while (true)
        {
            cells.Add(_text.Peek() == '"' ? Quoted() : Plain());
            if (_text.Peek() == ',') _text.Read();
            else break;
        }
        SkipLineEnd();
        return (line, cells);
    }

    private string Plain()
    {
        var cell = new StringBuilder();
        while (_text.Peek() is not (< 0 or ',' or '\r' or '\n')) Add(cell, (char)_text.Read(), _line);
        return cell.ToString();
    }

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
        return _text.Peek() is < 0 or ',' or '\r' or '\n'
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

    private void SkipLineEnd()
    {
        if (_text.Peek() == '\r') _text.Read();
        if (_text.Peek() == '\n') _text.Read();
        _line++;
    }
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
