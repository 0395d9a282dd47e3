using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Hub;

/// <summary>Shows how many bytes are there, checked or downloaded, with lines between.</summary>
internal sealed class PullProgress(Terminal terminal)
{
    private CountDisplay _display = new(terminal, Amounts.Bytes);
    private string _doing = "";
    private long _done, _all;

    /// <summary>Begins something.</summary>
    /// <param name="doing">In words, for instance "checking".</param>
    /// <param name="all">Bytes in all.</param>
    /// <param name="done">Those that are there already.</param>
    public void Begin(string doing, long all, long done = 0)
    {
        (_doing, _done, _all) = (doing, done, all);
        Again();
    }

    /// <summary>So many bytes more; fewer, where some are thrown away.</summary>
    public void Add(long bytes)
    {
        _done += bytes;
        if (bytes < 0) Again(); // the rate would be of what is gone
        else _display.Show(_doing, _done, _all);
    }

    /// <summary>Says something on a line that stays.</summary>
    public void Tell(string text)
    {
        _display.EndLine();
        terminal.Tell(text);
    }

    /// <summary>Leaves the last line where it is.</summary>
    public void End() => _display.EndLine();

    private void Again()
    {
        _display.EndLine();
        _display = new(terminal, Amounts.Bytes);
        _display.Show(_doing, _done, _all);
    }
}
