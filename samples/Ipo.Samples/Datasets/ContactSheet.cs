using Ipo.Samples.Styles;
using Ipo.Samples.Things;
using Ipo.Samples.World;

namespace Ipo.Samples.Datasets;

/// <summary>One picture of a contact sheet, by the number that it has in the row of its thing and style.</summary>
internal sealed record ContactSheetCell(Thing Thing, Style Style, int Number);

/// <summary>Many pictures in one, to be looked at: a row for each thing, a column for each style, or one style over and
/// over.</summary>
internal static class ContactSheet
{
    private const int Gap = 4;

    public static byte[] Draw(IReadOnlyList<ContactSheetCell> cells, int columns, string seed, int size)
    {
        var rows = (cells.Count + columns - 1) / columns;
        var step = size + Gap;
        int width = columns * step + Gap, height = rows * step + Gap;
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
