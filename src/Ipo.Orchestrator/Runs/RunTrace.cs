using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Ipo.Optimization.State;

namespace Ipo.Orchestrator.Runs;

/// <summary>The trace of a run: one, however often its host changes, because its id comes from the run's id. Each
/// pick-up is a root span in it, and under that a span per step. Methods are not async on purpose: they set the current
/// span of their caller.
/// </summary>
internal sealed class RunTrace : IDisposable
{
    private static readonly ActivitySource Source = new("Ipo.Orchestrator");

    private readonly Activity? _run;
    private Activity? _phase;

    public RunTrace(RunState run)
    {
        _run = Source.StartActivity(
            "run", ActivityKind.Internal, new ActivityContext(IdOf(run.RunId), default, ActivityTraceFlags.Recorded));
        _run?.SetTag("ipo.run.id", run.RunId).SetTag("ipo.dataset", run.Settings.Dataset).SetTag("ipo.preset", run.Settings.Preset)
            .SetTag("ipo.journal.length", run.Length);
    }

    /// <summary>The id of a run's trace.</summary>
    public static ActivityTraceId IdOf(string runId) =>
        ActivityTraceId.CreateFromBytes(SHA256.HashData(Encoding.UTF8.GetBytes("ipo run " + runId)).AsSpan(0, 16));

    /// <summary>Enters a phase, for instance "step 3"; the span of the one before ends.</summary>
    public void Enter(string phase)
    {
        if (_phase?.DisplayName == phase) return;
        _phase?.Dispose();
        _phase = Source.StartActivity(phase, ActivityKind.Internal, _run?.Context ?? default);
    }

    /// <summary>The current phase failed.</summary>
    public void Fail(string reason) => (_phase ?? _run)?.SetStatus(ActivityStatusCode.Error, reason);

    public void Dispose()
    {
        _phase?.Dispose();
        _run?.Dispose();
    }
}
