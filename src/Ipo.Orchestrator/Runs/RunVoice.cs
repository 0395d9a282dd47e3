namespace Ipo.Orchestrator.Runs;

/// <summary>Says what is being done for one run, to whoever watches.</summary>
internal sealed class RunVoice(RunBook book, string runId)
{
    private string _activity = "";
    private double _progress;

    public void Say(string activity, double progress = 0)
    {
        (_activity, _progress) = (activity, progress);
        book.Say(runId, activity, progress);
    }

    /// <summary>Progress of what was said last.</summary>
    public void Progress(double progress) => Say(_activity, progress);

    /// <summary>Says what is waited for; with null, what was being done before.</summary>
    public void Waiting(string? what) => book.Say(runId, what ?? _activity, _progress);
}
