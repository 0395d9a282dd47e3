namespace Ipo.Samples.Drawing;

/// <summary>Sine and cosine of an angle in whole turns, by a fixed polynomial. Math.Sin asks the platform's C library,
/// whose last bit differs between versions; a picture's pixels may not. double.SinPi is as stable, but moves pixels in
/// one of five of the pictures that ipo-tiny was trained on.
/// </summary>
internal static class DeterministicTrig
{
    public static double Sin(double turns)
    {
        var t = turns - Math.Floor(turns + 0.5);
        if (t > 0.25) t = 0.5 - t;
        if (t < -0.25) t = -0.5 - t;
        var x = t * (2 * Math.PI);
        var s = x * x;
        return x * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110)))));
    }

    public static double Cos(double turns) => Sin(turns + 0.25);
}
