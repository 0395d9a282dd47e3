using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>Shows how many of some files a service has done, once it takes longer than a moment: on a screen as one line
/// that is drawn again in place, elsewhere as a line now and then. It ends at 100 %.</summary>
/// <param name="terminal">Where it is shown.</param>
/// <param name="amount">How a count is written; as a whole number where nothing is said.</param>
internal sealed class CountDisplay(Terminal terminal, Func<long, string>? amount = null)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1), BetweenLines = TimeSpan.FromSeconds(10);

    private const int BarColumns = 20;

    private readonly Func<long, string> _amount = amount ?? Amounts.Count;

    private string _doing = "";
    private long _stageBegan, _lastLine, _doneBefore;
    private bool _isShown;

    /// <summary>Takes the newest progress.</summary>
    /// <param name="doing">What is being done, for instance "reading images".</param>
    /// <param name="done">How many are done.</param>
    /// <param name="all">How many there are; 0 where that is not known yet.</param>
    public void Show(string doing, long done, long all)
    {
        if (doing != _doing)
        {
            EndLine();
            (_doing, _stageBegan, _isShown) = (doing, terminal.Time.GetTimestamp(), false);
            // What stood before the first look was not seen to take any time.
            _doneBefore = done;
        }
        var elapsed = terminal.Time.GetElapsedTime(_stageBegan);
        if (!_isShown && elapsed < Moment) return;
        var isDone = all > 0 && done == all;
        if (!terminal.Live && _isShown && !isDone && terminal.Time.GetElapsedTime(_lastLine) < BetweenLines) return;
        (_isShown, _lastLine) = (true, terminal.Time.GetTimestamp());
        var line = Line(done, all, elapsed);
        if (!terminal.Live)
        {
            terminal.Tell(line);
            return;
        }
        terminal.Error.Write($"\r\e[K{ScreenText.Fit(line, Math.Max(20, terminal.Width() - 1))}");
        terminal.Error.Flush();
    }

    /// <summary>Leaves the last line where it is.</summary>
    public void EndLine()
    {
        if (_isShown && terminal.Live) terminal.Error.WriteLine();
        _isShown = false;
    }

    private string Line(long done, long all, TimeSpan elapsed)
    {
        var rate = (done - _doneBefore) / elapsed.TotalSeconds;
        var speed = rate > 0 ? $"  {_amount((long)Math.Round(rate))} a second" : "";
        if (all == 0) return $"{_doing}  {_amount(done)}{speed}";
        var share = (double)done / all;
        var words = $"{_doing}  {_amount(done)} of {_amount(all)}";
        // Never 100 % before all is done.
        var percent = $"{Math.Floor(share * 100):0} %";
        var left = rate > 0 ? $"  {Amounts.Clock(TimeSpan.FromSeconds((all - done) / rate))} left" : "";
        return $"{words}  {(terminal.Live ? Bar(share) + "  " : "")}{percent}"
            + speed + left;
    }

    private static string Bar(double share)
    {
        var full = (int)(share * BarColumns);
        return new string('━', full) + new string('─', BarColumns - full);
    }
}
