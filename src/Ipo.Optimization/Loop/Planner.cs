using Ipo.Optimization.Actions;
using Ipo.Optimization.State;

namespace Ipo.Optimization.Loop;

/// <summary>The loop of the paper's Algorithm 1 as a decision: from what happened to what comes next. It looks at
/// nothing but the state, so a run that was cut anywhere goes on to the same trajectory.
/// </summary>
/// <remarks>
/// Five phases, a file each. A phase that has nothing left to do answers null.
/// <list type="number">
/// <item><see cref="PreparePhase"/>: what the algorithm is given, and the score of the first template.</item>
/// <item><see cref="DescribePhase"/>: what the images look like.</item>
/// <item><see cref="SearchPhase"/>: instruction, candidates, scores, memory, and again; it goes on until its steps are
/// done, or a stop rule or a budget ends it.</item>
/// <item><see cref="ChoosePhase"/>: the winner. The paper takes the best of the search; with held-out images the choice
/// is theirs.</item>
/// <item><see cref="ProvePhase"/>: why the winner wins, and what it is worth on images that nothing has looked
/// at.</item>
/// </list>
/// </remarks>
public static class Planner
{
    /// <summary>What the host of a run has to do next.</summary>
    public static RunAction Next(RunState run)
    {
        if (!run.IsRunning) return new Nothing();
        if (run.IsAskedToPause && run.Answers.Count == 0) return new Pause(); // a step that was begun is completed
        if (PreparePhase.Next(run) is { } prepare) return prepare;
        var prepared = run.Prepared!;
        return run.Ended is null
            ? SearchPhase.Stop(run) ?? DescribePhase.Next(run, prepared) ?? SearchPhase.Next(run, prepared)
            : ChoosePhase.Next(run, prepared) ?? ProvePhase.Next(run, prepared);
    }
}
