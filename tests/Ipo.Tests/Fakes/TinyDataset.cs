using System.Text;
using System.Text.Json;

namespace Ipo.Tests.Fakes;

/// <summary>Folders of files that begin like images and are all different; nobody decodes them but the real scorer.</summary>
internal static class TinyDataset
{
    /// <summary>Bytes that begin like a PNG.</summary>
    public static byte[] Image(string content) => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, .. Encoding.UTF8.GetBytes(content.PadRight(16))];

    /// <summary>Writes a folder per class and a split file as CoOp's beside them: in each class half for training, one image for
    /// validation and the rest for testing.</summary>
    public static void WriteSplit(TempFolder folder, string name, int classes, int imagesPerClass)
    {
        Write(folder, $"{name}/images", classes, imagesPerClass);
        var rows = from label in Enumerable.Range(0, classes)
                   from image in Enumerable.Range(0, imagesPerClass)
                   let kind = $"kind_{(char)('a' + label)}"
                   let list = image < imagesPerClass / 2 ? "train" : image == imagesPerClass / 2 ? "val" : "test"
                   select (List: list, Row: new object[] { $"{kind}/{image:00}.png", label, kind });
        folder.Write($"{name}/split_zhou_Tiny.json", JsonSerializer.Serialize(rows.ToLookup(row => row.List, row => row.Row).ToDictionary(list => list.Key, list => list.ToArray())));
    }

    /// <summary>Writes a folder per class.</summary>
    public static void Write(TempFolder folder, string name, int classes = 4, int imagesPerClass = 10)
    {
        for (var label = 0; label < classes; label++)
            for (var image = 0; image < imagesPerClass; image++)
                folder.Write($"{name}/kind_{(char)('a' + label)}/{image:00}.png", Image($"{name} {label} {image}"));
    }
}
