using System.Globalization;
using Ipo.Cli.Connections;
using Ipo.V1;

namespace Ipo.Cli.Hub;

/// <summary>Tries again what failed in passing, later each time, with a line for each; a bounded number of times in a row.</summary>
internal sealed class Retries(TimeProvider time, Action<string> tell, CancellationToken cancellation)
{
    private const int Most = 5;

    // A try that brought as much was not in vain: a large file may come in many pieces.
    private const long Progress = 1 << 20;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <param name="attempt">Goes on where the try before it stopped.</param>
    /// <param name="progress">How many bytes there are so far.</param>
    /// <exception cref="CommandFailure">It failed too often, or the hub asks to wait for too long.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, Func<long> progress)
    {
        var (failures, before) = (0, progress());
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (PassingFault fault)
            {
                if (progress() - before >= Progress) failures = 0;
                (failures, before) = (failures + 1, progress());
                if (failures > Most)
                    throw new CommandFailure(
                        $"{fault.Message}, and {Most} further tries failed too. The same command goes on where this one stopped.");
                var wait = fault.Wait ?? TimeSpan.FromSeconds(1 << (failures - 1));
                if (wait > LongestWait)
                    throw new CommandFailure(
                        $"{fault.Message}. Wait for {Amounts.Clock(wait)}; the same command goes on where this one stopped.");
                var seconds = Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
                tell($"{fault.Message}; trying again in {seconds} s ({failures} of {Most}).");
                await Task.Delay(wait, time, cancellation);
            }
        }
    }
}
