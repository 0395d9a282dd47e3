using System.Text;

namespace Ipo.Tests.Fakes;

/// <summary>Folders of files that begin like images and are all different; nobody decodes them but the real scorer.</summary>
internal static class TinyDataset
{
    /// <summary>Bytes that begin like a PNG.</summary>
    public static byte[] Image(string content) => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, .. Encoding.UTF8.GetBytes(content.PadRight(16))];

    /// <summary>Writes a folder per class.</summary>
    public static void Write(TempFolder folder, string name, int classes = 4, int imagesPerClass = 10)
    {
        for (var label = 0; label < classes; label++)
            for (var image = 0; image < imagesPerClass; image++)
                folder.Write($"{name}/kind_{(char)('a' + label)}/{image:00}.png", Image($"{name} {label} {image}"));
    }
}
