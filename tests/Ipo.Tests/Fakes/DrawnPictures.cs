using Ipo.Samples.Datasets;

namespace Ipo.Tests.Fakes;

/// <summary>Real pictures, small and all different, to lay out as datasets.</summary>
internal sealed class DrawnPictures
{
    private readonly Queue<byte[]> _pictures;

    public DrawnPictures(int count)
    {
        using var folder = new TempFolder();
        var target = Path.Combine(folder, "drawn");
        SampleDataset.Draw(new(["chalk"], ["bird"]) { Classes = ["owl"], CountPerClass = count, Size = 32 }, target);
        _pictures = new(Directory.GetFiles(target, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
    }

    /// <summary>The next picture.</summary>
    public byte[] Next() => _pictures.Dequeue();
}
