using Ipo.LocalHosting.Running;
using Xunit;

namespace Ipo.Tests.LocalHosting.Running;

public sealed class LogBookTests
{
    [Fact]
    public void Keeps_the_newest_lines_of_each_resource_however_much_another_writes()
    {
        var book = new LogBook(TimeProvider.System, linesPerResource: 3);
        book.Add("quiet", "only one", isError: false);
        for (var line = 1; line <= 100; line++) book.Add("chatty", $"line {line}", isError: false);
        Assert.Equal(["only one", "line 98", "line 99", "line 100"], book.Read(null).Select(line => line.Text));
    }

    [Fact]
    public void Reads_on_from_where_the_reader_stopped()
    {
        var book = new LogBook(TimeProvider.System);
        book.Add("one", "first", isError: false);
        var seen = book.Add("two", "second", isError: true).Number;
        book.Add("one", "third", isError: false);
        Assert.Equal(["third"], book.Read(null, after: seen).Select(line => line.Text));
        Assert.Equal(["first", "third"], book.Read("one").Select(line => line.Text));
        Assert.Empty(book.Read("nobody"));
    }

    [Fact]
    public void Escape_sequences_do_not_reach_the_terminal()
    {
        var line = new LogBook(TimeProvider.System).Add("one", "red \e[31m and\tback\u009b1m\r", isError: false);
        Assert.Equal("red \uFFFD[31m and\tback\uFFFD1m\uFFFD", line.Text);
    }
}
