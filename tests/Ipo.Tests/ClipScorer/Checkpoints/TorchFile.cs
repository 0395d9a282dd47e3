using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Ipo.Tests.ClipScorer.Pickles;

namespace Ipo.Tests.ClipScorer.Checkpoints;

/// <summary>Small files as torch.save writes them, with one storage of the numbers 0, 1, 2, …</summary>
internal static class TorchFile
{
    private const int Count = 24;

    private static readonly byte[] Numbers = MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, Count).Select(value => (float)value)]).ToArray();

    /// <summary>A pickle of a state dict: "a" is all numbers as [4, 6], "b" its transpose, "c" every second number from the third on.</summary>
    public static byte[] StateDict(string? under = null)
    {
        var pickle = new PickleBuilder().Op("}");
        if (under is not null) pickle.Text("epoch").Op("K\u0005s").Text(under).Op("}");
        pickle.Text("a").Tensor("0", Count, 0, [4, 6], [6, 1]).Op("s");
        pickle.Text("b").Tensor("0", Count, 0, [6, 4], [1, 6]).Op("s");
        pickle.Text("c").Tensor("0", Count, 2, [5], [2]).Op("s");
        if (under is not null) pickle.Op("s");
        return pickle.Stop();
    }

    public static byte[] Zip(byte[]? pickle = null, CompressionLevel compression = CompressionLevel.NoCompression, params (string Name, byte[] Content)[] more)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("m/data.pkl", pickle ?? StateDict());
            Add("m/data/0", Numbers);
            foreach (var (name, content) in more) Add(name, content);

            void Add(string name, byte[] content)
            {
                using var entry = archive.CreateEntry(name, compression).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }

    public static byte[] Legacy()
    {
        var count = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(count, Count);
        return
        [
            .. new PickleBuilder().Raw(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19).Stop(),
            .. new PickleBuilder().Op("M\u00E9\u0003").Stop(),
            .. new PickleBuilder().Op("}").Text("little_endian").Raw(0x88).Op("s").Stop(),
            .. StateDict(), .. new PickleBuilder().Op("]").Text("0").Op("a").Stop(), .. count, .. Numbers,
        ];
    }
}
