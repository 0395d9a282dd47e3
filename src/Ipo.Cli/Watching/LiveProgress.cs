using System.Text;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>
/// A block at the bottom of the screen that is drawn again in place, at every change and twice a second so that the
/// time left runs down during a slow step.
/// </summary>
internal sealed class LiveProgress : Progress
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly Lock drawing = new();
    private readonly TimeLeft timeLeft = new();
    private readonly ITimer beat;
    private Run? run;
    private long noted;
    private IReadOnlyList<int> drawn = []; // Columns of each line on the screen.

    public LiveProgress(Terminal terminal) : base(terminal) =>
        beat = terminal.Time.CreateTimer(_ => Redraw(), null, Beat, Beat);

    public override void Show(Run run)
    {
        lock (drawing)
        {
            this.run = run;
            noted = Terminal.Time.GetTimestamp();
            timeLeft.Note(run);
            Draw();
        }
    }

    public override void Tell(string text)
    {
        lock (drawing)
        {
            Terminal.Error.Write(Erase());
            drawn = [];
            Terminal.Tell(text);
            Draw();
        }
    }

    /// <summary>Leaves the last block on the screen and the cursor below it.</summary>
    public override void Dispose()
    {
        beat.Dispose();
        lock (drawing)
        {
            if (drawn.Count > 0) Terminal.Error.WriteLine();
            (run, drawn) = (null, []);
        }
    }

    private void Redraw()
    {
        lock (drawing) Draw();
    }

    private void Draw()
    {
        if (run is null) return;
        var left = timeLeft.Estimate - Terminal.Time.GetElapsedTime(noted);
        // One column short of the screen, so that no line wraps by itself.
        var lines = ProgressText.Block(Safe(run), left, Math.Max(20, Terminal.Width() - 1));
        var frame = new StringBuilder(Erase()).AppendJoin('\n', Terminal.Coloured ? lines.Select(Coloured) : lines);
        Terminal.Error.Write(frame.ToString()); // In one piece, so that it does not flicker.
        Terminal.Error.Flush();
        drawn = [.. lines.Select(ScreenText.Width)];
    }

    /// <summary>Moves to where the block begins and clears it; lines that a narrower screen has wrapped count as the rows they take.</summary>
    private string Erase()
    {
        var screen = Math.Max(1, Terminal.Width());
        var rows = drawn.Sum(columns => Math.Max(1, (columns + screen - 1) / screen));
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
        return safe;
    }
}
