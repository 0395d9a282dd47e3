using System.Diagnostics;

namespace Ipo.Benchmarks;

/// <summary>
/// Times several pieces of work in turns and takes the median of each. BenchmarkDotNet measures one benchmark after the other,
/// minutes apart; on a shared machine the load changes meanwhile and a ratio of two such figures means little. Here every round
/// times every piece, in an order that rotates, so that a disturbance meets all of them; and seconds-long work needs few rounds.
/// </summary>
internal static class Interleaved
{
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
                var start = Stopwatch.GetTimestamp();
                works[work]();
                seconds[work][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        return Array.ConvertAll(seconds, Median);
    }

    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
