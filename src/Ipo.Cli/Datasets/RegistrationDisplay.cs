using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Datasets;

/// <summary>Shows how far a registration is, once it takes longer than a moment: on a screen as one line that is drawn
/// again in place, elsewhere as a line now and then. It ends at 100 %.</summary>
internal sealed class RegistrationDisplay(Terminal terminal)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1), BetweenLines = TimeSpan.FromSeconds(10);

    private const int BarColumns = 20;

    private RegistrationStage _stage;
    private long _stageBegan, _lastLine, _filesBefore;
    private bool _isShown;

    /// <summary>Takes the newest progress.</summary>
    public void Show(RegistrationProgress progress)
    {
        if (progress.Stage != _stage)
        {
            EndLine();
            (_stage, _stageBegan, _isShown) = (progress.Stage, terminal.Time.GetTimestamp(), false);
            // What stood before the first look was not seen to take any time.
            _filesBefore = progress.FilesDone;
        }
        var elapsed = terminal.Time.GetElapsedTime(_stageBegan);
        if (!_isShown && elapsed < Moment) return;
        var isDone = progress.FilesDone == progress.Files;
        if (!terminal.Live && _isShown && !isDone && terminal.Time.GetElapsedTime(_lastLine) < BetweenLines) return;
        (_isShown, _lastLine) = (true, terminal.Time.GetTimestamp());
        var line = Line(progress, elapsed);
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

    private string Line(RegistrationProgress progress, TimeSpan elapsed)
    {
        var share = progress.Files == 0 ? 1 : (double)progress.FilesDone / progress.Files;
        var words = $"{(progress.Stage is RegistrationStage.Unpacking ? "unpacking files" : "reading images")}  "
            + $"{Amounts.Count(progress.FilesDone)} of {Amounts.Count(progress.Files)}";
        // Never 100 % before all is done.
        var percent = $"{Math.Floor(share * 100):0} %";
        var rate = (progress.FilesDone - _filesBefore) / elapsed.TotalSeconds;
        var left = rate > 0 ? $"  {Amounts.Clock(TimeSpan.FromSeconds((progress.Files - progress.FilesDone) / rate))} left" : "";
        return $"{words}  {(terminal.Live ? Bar(share) + "  " : "")}{percent}"
            + (rate > 0 ? $"  {Amounts.Count((long)Math.Round(rate))} a second" : "") + left;
    }

    private static string Bar(double share)
    {
        var full = (int)(share * BarColumns);
        return new string('━', full) + new string('─', BarColumns - full);
    }
}
