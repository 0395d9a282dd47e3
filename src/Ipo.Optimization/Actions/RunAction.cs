namespace Ipo.Optimization.Actions;

/// <summary>What a run's host has to do next. It does it, appends what came of it, and asks again.</summary>
public abstract record RunAction;

/// <summary>Append <see cref="Facts.RunCompleted"/>.</summary>
public sealed record Complete : RunAction;

/// <summary>Append <see cref="Facts.RunFailed"/> with the fault as a sentence.</summary>
public sealed record Fail(RunFault Fault) : RunAction;

/// <summary>Append <see cref="Facts.RunPaused"/>.</summary>
public sealed record Pause : RunAction;

/// <summary>Nothing: the run is final, or failed or paused and waits for a person.</summary>
public sealed record Nothing : RunAction;
