using Ipo.Samples.Files;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;

namespace Ipo.Samples;

/// <summary>Many pictures in one, to be looked at: a row for each thing, a column for each style, or one style over and over.</summary>
internal static class ContactSheet
{
    private const int Gap = 4;

    public static byte[] Draw(IReadOnlyList<(Thing Thing, Style Style, int Number)> cells, int columns, string seed, int size)
    {
        int rows = (cells.Count + columns - 1) / columns, step = size + Gap, width = columns * step + Gap, height = rows * step + Gap;
        var sheet = new byte[width * height * 3];
        Array.Fill(sheet, (byte)255);
        Parallel.For(0, cells.Count, i =>
        {
            var picture = Picture.Draw(cells[i].Thing, cells[i].Style, seed, cells[i].Number, size).Pixels;
            int left = Gap + i % columns * step, top = Gap + i / columns * step;
            for (var y = 0; y < size; y++)
                picture.Rgb.AsSpan(y * size * 3, size * 3).CopyTo(sheet.AsSpan(((top + y) * width + left) * 3));
        });
        return Png.Encode(sheet, width, height);
    }
}
