using System.Diagnostics;

namespace Ipo.Benchmarks;

/// <summary>
/// Times several pieces of work in turns and takes the median of each. BenchmarkDotNet measures one benchmark after the other,
/// minutes apart; on a shared machine the load changes meanwhile and a ratio of two such figures means little. Here every round
/// times every piece, in an order that rotates, so that a disturbance meets all of them; and seconds-long work needs few rounds.
/// </summary>
internal static class Interleaved
{
    /// <summary>Whether work is timed by the processor time of this process instead of the clock. On a machine that others load, that is
    /// near what one thread would take alone; of several threads it is the sum.</summary>
    public static bool CountsProcessorTime { get; set; }

    /// <summary>Runs everything once to warm up, then round after round.</summary>
    /// <returns>Medians in seconds, in the order of <paramref name="works"/>.</returns>
    public static double[] Medians(int rounds, params ReadOnlySpan<Action> works)
    {
        foreach (var work in works) work();
        var seconds = new double[works.Length][];
        for (var work = 0; work < works.Length; work++) seconds[work] = new double[rounds];
        for (var round = 0; round < rounds; round++)
            for (var turn = 0; turn < works.Length; turn++)
            {
                var work = (turn + round) % works.Length;
                var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                works[work]();
                var taken = CountsProcessorTime ? Environment.CpuUsage.TotalTime - processor : Stopwatch.GetElapsedTime(start);
                seconds[work][round] = taken.TotalSeconds;
            }
        return Array.ConvertAll(seconds, Median);
    }

    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
