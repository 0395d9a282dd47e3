using CsCheck;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class CsvRowsTests
{
    private static readonly Gen<string> Cell = Gen.Char["abc ,\"\n\ré;"].Array[0, 6].Select(characters => new string(characters).Trim());

    [Fact]
    public void What_is_written_by_the_rules_is_read_back() => Gen.Select(Cell, Cell, Gen.Bool).Array[1, 5].Sample(rows =>
    {
        // Quoted always or only where it must be, with either line end.
        static string Write(string cell, bool always) =>
            always || cell.Length == 0 || cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
        var text = "a,b" + string.Concat(rows.Select(row => $"{(row.Item3 ? "\r\n" : "\n")}{Write(row.Item1, row.Item3)},{Write(row.Item2, row.Item3)}"));
        var read = CsvRows.Read("t.csv", new StringReader(text), "a", "b").ToList();
        Assert.Equal(rows.Select(row => (row.Item1, row.Item2)).Where(row => row.Item1.Length + row.Item2.Length > 0), read.Select(row => (row["a"]!, row["b"]!)));
    });

    [Fact]
    public void Lines_are_counted_through_quoted_line_breaks_and_empty_lines()
    {
        var rows = CsvRows.Read("t.csv", new StringReader("a,b\n\n1,\"x\ny\"\r\n\r\n2,z\n"), "a").ToList();
        Assert.Equal([(3, "1", "x\ny"), (6, "2", "z")], rows.Select(row => (row.Line, row["a"]!, row["B".ToLowerInvariant()]!)));
        Assert.Null(rows[0]["c"]);
    }

    [Fact]
    public void A_cell_that_never_ends_is_refused_before_it_fills_the_memory()
    {
        var refused = Assert.Throws<RefusedException>(() => CsvRows.Read("t.csv", new StringReader($"a\n\"{new string('x', 10_001)}"), "a").ToList());
        Assert.Contains("t.csv, line 2: a cell has more than 10000 characters", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Image,Class", "image class")]
    [InlineData("\"never closed", null)]
    [InlineData("", null)]
    public void A_header_is_read_or_is_none(string text, string? columns) =>
        Assert.Equal(columns, CsvRows.Header("t.csv", new StringReader(text)) is { } found ? string.Join(' ', found) : null);
}
