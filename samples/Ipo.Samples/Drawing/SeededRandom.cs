using System.Text;

namespace Ipo.Samples.Drawing;

/// <summary>Seeded random numbers: xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64 over an FNV-1a hash
/// of a key. .NET may change what a seeded System.Random gives in any major version, and ipo-tiny was trained on
/// pictures of these numbers: its figures hold while the pixels stay the same.
/// </summary>
internal sealed class SeededRandom
{
    private ulong _a, _b, _c, _d;

    public SeededRandom(string key)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(key)) hash = (hash ^ octet) * 1099511628211UL;
        (_a, _b, _c, _d) = (Split(ref hash), Split(ref hash), Split(ref hash), Split(ref hash));
    }

    /// <summary>A number in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + (high - low) * Unit();

    /// <summary>A whole number in [low, high], both ends included.</summary>
    public int Whole(int low, int high) => low + (int)(Unit() * (high - low + 1));

    public bool Odds(double probability) => Unit() < probability;

    public T Of<T>(IReadOnlyList<T> items) => items[Whole(0, items.Count - 1)];

    private ulong Next()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a; _d ^= _b; _b ^= _c; _a ^= _d; _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    private static ulong Split(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
