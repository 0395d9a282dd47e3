namespace Ipo.Samples.Drawing;

/// <summary>Seeded noise over the plane: the tooth of paper, the dust of chalk, the drift of fog.</summary>
internal sealed class Grain(SeededRandom random)
{
    private readonly uint _seed = (uint)random.Whole(0, int.MaxValue - 1);

    /// <summary>White noise in [0, 1), one value for each point of the grid.</summary>
    public double At(int x, int y)
    {
        var h = (uint)x * 0x85EBCA6Bu ^ (uint)y * 0xC2B2AE35u ^ _seed;
        h = (h ^ (h >> 16)) * 0x7FEB352Du;
        h = (h ^ (h >> 15)) * 0x846CA68Bu;
        return (h ^ (h >> 16)) / 4294967296.0;
    }

    /// <summary>Noise in [0, 1) that changes slowly, over about <paramref name="cell"/> pixels.</summary>
    public double Smooth(double x, double y, double cell)
    {
        double u = x / cell, v = y / cell;
        int i = (int)Math.Floor(u), j = (int)Math.Floor(v);
        double s = Ease(u - i), t = Ease(v - j);
        var top = At(i, j) + (At(i + 1, j) - At(i, j)) * s;
        var bottom = At(i, j + 1) + (At(i + 1, j + 1) - At(i, j + 1)) * s;
        return top + (bottom - top) * t;
    }

    private static double Ease(double t) => t * t * (3 - 2 * t);
}
