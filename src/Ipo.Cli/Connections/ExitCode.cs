namespace Ipo.Cli.Connections;

/// <summary>What a script can tell from the exit code; the root's help says the same.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>The command could not do its work, or only part of it.</summary>
    public const int Error = 1;

    /// <summary>The command line itself is wrong, or the orchestrator refused a value of it; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>The run that was followed failed or was cancelled.</summary>
    public const int RunNotCompleted = 3;

    /// <summary>
    /// Ctrl-C, as shells count it (128 + SIGINT). A followed run goes on, and still the code is not 0: in
    /// <c>ipo optimize … &amp;&amp; ipo report …</c> there is no report yet.
    /// </summary>
    public const int Interrupted = 130;
}
