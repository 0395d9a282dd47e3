using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Ipo.ClipScorer.Devices;

/// <summary>Does pieces of work side by side, in order and a few at a time.</summary>
internal static class ParallelRun
{
    /// <param name="pieces">The pieces.</param>
    /// <param name="atOnce">How many at a time.</param>
    /// <param name="work">Does one.</param>
    /// <param name="cancellation">Begins no further piece; stopping one under way is the work's own affair.</param>
    /// <remarks>What a piece throws is thrown here as it was; no piece is begun once that is known.</remarks>
    public static void Run<T>(IReadOnlyList<T> pieces, int atOnce, Action<T> work, CancellationToken cancellation)
    {
        if (atOnce == 1 || pieces.Count == 1)
        {
            foreach (var piece in pieces)
            {
                cancellation.ThrowIfCancellationRequested();
                work(piece);
            }
            return;
        }
        try
        {
            // Parallel learns of a cancellation by a callback, which may run a while after the token says so.
            Parallel.ForEach(Partitioner.Create(pieces, EnumerablePartitionerOptions.NoBuffering),
                new() { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation }, piece =>
            {
                cancellation.ThrowIfCancellationRequested();
                work(piece);
            });
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }
}
