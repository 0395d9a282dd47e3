using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>Progress in a log or a pipe: one line for each completed step and for each kind of activity before and
/// after them.</summary>
internal sealed class PlainProgress(Terminal terminal) : Progress(terminal)
{
    private readonly TimeLeft _timeLeft = new();
    private readonly HashSet<string> _told = [];
    private int _step = -1;
    private bool _isBlocked;

    public override void Show(Run run)
    {
        _timeLeft.Note(run);
        var wasBlocked = _isBlocked;
        _isBlocked = run.State is RunState.Blocked;
        if (run.StepsCompleted < _step)
        {
            Tell($"went back from step {_step} to step {run.StepsCompleted}: what was written last was lost");
            _step = run.StepsCompleted;
        }
        if (_isBlocked != wasBlocked) Tell(_isBlocked ? run.Activity : "goes on");
        else if (run.Baseline is not null && run.StepsCompleted > _step)
        {
            _step = run.StepsCompleted;
            Tell(ProgressText.Step(run, _timeLeft.Estimate));
        }
        else if (!ProgressText.IsSearching(run) && run.Activity.Length > 0 && _told.Add(Kind(run)))
        {
            Tell(run.Activity);
        }
    }

    public override void Tell(string text) => Terminal.Tell(text);

    public override void Dispose()
    {
        // Lines stay where they are.
    }

    /// <summary>The activity without its numbers: "encoding images, 12 of 300" is one line and not three
    /// hundred.</summary>
    private static string Kind(Run run) => string.Concat(run.Activity.Where(character => !char.IsDigit(character)));
}
