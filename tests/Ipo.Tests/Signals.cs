using System.Diagnostics;
using System.Globalization;

namespace Ipo.Tests;

/// <summary>Signals to processes.</summary>
internal static class Signals
{
    /// <summary>Sends one.</summary>
    /// <param name="signal">Its name, for instance "STOP".</param>
    /// <param name="processes">Ids of the processes.</param>
    /// <returns>Whether each of them was there to get it.</returns>
    public static bool Send(string signal, params IEnumerable<int> processes)
    {
        using var kill = Process.Start("kill", [$"-{signal}", .. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        kill.WaitForExit();
        return kill.ExitCode == 0;
    }
}
