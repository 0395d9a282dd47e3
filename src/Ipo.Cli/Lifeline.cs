namespace Ipo.Cli;

/// <summary>Ends this process when the one that started it is gone, which its end of standard input tells.</summary>
internal static class Lifeline
{
    /// <summary>
    /// Waits in the background until <paramref name="input"/> ends; then stops the command as Ctrl-C does, and after a
    /// grace of two seconds the process.
    /// </summary>
    public static void Watch(Stream input, CancellationTokenSource stop, Action<int> exit) => new Thread(() =>
    {
        var buffer = new byte[256];
        while (input.Read(buffer) > 0) { }
        stop.Cancel();
        Thread.Sleep(TimeSpan.FromSeconds(2));
        exit(ExitCode.Interrupted);
    })
    { IsBackground = true, Name = "lifeline" }.Start();
}
