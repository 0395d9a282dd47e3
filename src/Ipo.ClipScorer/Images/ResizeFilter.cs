namespace Ipo.ClipScorer.Images;

/// <summary>A filter of Pillow's resize; the numbers are Pillow's own (PIL.Image.Resampling).</summary>
internal enum ResizeFilter
{
    Bilinear = 2,
    Bicubic = 3,
}

/// <summary>The curves of the filters (Pillow, src/libImaging/Resample.c).</summary>
internal static class ResizeFilters
{
    /// <summary>How far from its centre a filter reaches, in inputs, where nothing is made smaller.</summary>
    public static double Support(this ResizeFilter filter) => filter switch
    {
        ResizeFilter.Bilinear => 1.0,
        ResizeFilter.Bicubic => 2.0,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Not a filter."),
    };

    /// <summary>A filter's weight at a distance from its centre.</summary>
    public static double Weight(this ResizeFilter filter, double distance) =>
        filter == ResizeFilter.Bilinear ? Triangle(Math.Abs(distance)) : Cubic(Math.Abs(distance));

    private static double Triangle(double x) => x < 1.0 ? 1.0 - x : 0.0;

    private static double Cubic(double x)
    {
        const double a = -0.5;
        if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
        return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
    }
}
