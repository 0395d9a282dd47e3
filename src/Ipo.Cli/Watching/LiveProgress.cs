using System.Text;
using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>
/// A block at the bottom of the screen that is drawn again in place, at every change and twice a second so that the
/// time left runs down during a slow step.
/// </summary>
internal sealed class LiveProgress : Progress
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly Lock _drawing = new();
    private readonly TimeLeft _timeLeft = new();
    private readonly ITimer _beat;
    private readonly Curve _curve;
    private Run? _run;
    private long _noted;
    private IReadOnlyList<int> _drawn = []; // Columns of each line on the screen.

    public LiveProgress(Terminal terminal, Curve curve) : base(terminal)
    {
        _curve = curve;
        _beat = terminal.Time.CreateTimer(_ => Redraw(), null, Beat, Beat);
    }

    public override void Show(Run run)
    {
        lock (_drawing)
        {
            _run = run;
            _noted = Terminal.Time.GetTimestamp();
            _timeLeft.Note(run);
            _curve.Note(run);
            Draw();
        }
    }

    public override void Tell(string text)
    {
        lock (_drawing)
        {
            Terminal.Error.Write(Erase());
            _drawn = [];
            Terminal.Tell(text);
            Draw();
        }
    }

    /// <summary>Leaves the last block on the screen and the cursor below it.</summary>
    public override void Dispose()
    {
        _beat.Dispose();
        lock (_drawing)
        {
            if (_drawn.Count > 0) Terminal.Error.WriteLine();
            (_run, _drawn) = (null, []);
        }
    }

    private void Redraw()
    {
        lock (_drawing) Draw();
    }

    private void Draw()
    {
        if (_run is null) return;
        var left = _timeLeft.Estimate - Terminal.Time.GetElapsedTime(_noted);
        // One column short of the screen, so that no line wraps by itself.
        var lines = ProgressText.Block(Safe(_run), _curve.Best, left, Math.Max(20, Terminal.Width() - 1));
        var frame = new StringBuilder(Erase()).AppendJoin('\n', Terminal.Coloured ? lines.Select(Coloured) : lines);
        Terminal.Error.Write(frame.ToString()); // In one piece, so that it does not flicker.
        Terminal.Error.Flush();
        _drawn = [.. lines.Select(ScreenText.Width)];
    }

    /// <summary>Moves to where the block begins and clears it; lines that a narrower screen has wrapped count as the
    /// rows they take.</summary>
    private string Erase()
    {
        var screen = Math.Max(1, Terminal.Width());
        var rows = _drawn.Sum(columns => Math.Max(1, (columns + screen - 1) / screen));
        return rows switch
        {
            0 => "",
            1 => "\r\e[J",
            _ => $"\r\e[{rows - 1}A\e[J",
        };
    }

    private static string Coloured(string line, int row)
    {
        var (from, to) = (line.IndexOf(ProgressText.Full), line.LastIndexOf(ProgressText.Full) + 1);
        return row > 0 || from < 0 ? line : $"{line[..from]}\e[32m{line[from..to]}\e[0m{line[to..]}";
    }

    /// <summary>The run without control characters in what others wrote; the block's own are added later.</summary>
    private static Run Safe(Run run)
    {
        var safe = run.Clone();
        safe.Activity = Terminal.Plain(safe.Activity);
        if (safe.Best is { } best) best.Template = Terminal.Plain(best.Template);
        if (safe.Baseline is { } baseline) baseline.Template = Terminal.Plain(baseline.Template);
        return safe;
    }
}
