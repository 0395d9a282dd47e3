using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>Shows a run's progress on standard error: a live block on a screen, plain lines anywhere else.</summary>
internal abstract class Progress(Terminal terminal) : IDisposable
{
    protected Terminal Terminal => terminal;

    /// <summary>Begins one.</summary>
    /// <param name="terminal">Where it is shown.</param>
    /// <param name="curve">How far the search had come after each step until now.</param>
    public static Progress On(Terminal terminal, IReadOnlyList<CurvePoint> curve) =>
        terminal.Live ? new LiveProgress(terminal, new(curve)) : new PlainProgress(terminal);

    /// <summary>Names the run that is followed.</summary>
    public void Begin(Run run) => Tell($"Run {run.RunId}");

    /// <summary>Shows the run's newest state.</summary>
    public abstract void Show(Run run);

    /// <summary>Says something between the states, on a line that stays.</summary>
    public abstract void Tell(string text);

    public abstract void Dispose();
}
