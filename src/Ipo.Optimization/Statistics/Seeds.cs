namespace Ipo.Optimization.Statistics;

/// <summary>Seeds of single calls, from the run's seed.</summary>
public static class Seeds
{
    /// <summary>The seed of a call: not negative, the same at every attempt and on every machine.</summary>
    public static long For(long runSeed, int step, int call)
    {
        var mixed = Mix(Mix((ulong)runSeed) + (uint)step);
        return (long)(Mix(mixed + (uint)call) >> 1);
    }

    /// <summary>Stream of the bootstrap's resamples.</summary>
    internal const int Bootstrap = 1;

    /// <summary>Stream of the exchanges that test a search.</summary>
    internal const int Exchange = 2;

    /// <summary>Stream of the random words beside a winner.</summary>
    internal const int Words = 3;

    /// <summary>Stream of the exchanges that test a folded choice.</summary>
    internal const int Folds = 4;

    /// <summary>A generator for what follows a search: the same for a run's seed and a stream, apart from every call's
    /// seed.</summary>
    internal static Random Draw(long runSeed, int stream) => new((int)(For(runSeed, -stream, 0) >> 32));

    // SplitMix64's finaliser (Steele, Lea and Flood 2014): near inputs give far outputs.
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
