using System.IO.Compression;
using System.Text;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Settings;
using Ipo.Images;
using Ipo.Orchestrator.Benchmarks;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Options;
using SkiaSharp;
using static Ipo.Fuzz.Targets.AllTargets;

namespace Ipo.Fuzz.Targets;

/// <summary>What makes a dataset: images, tables, lists, zips, manifests.</summary>
internal static class DatasetTargets
{
    private static readonly byte[][] Images = [.. Drawn()];

    public static IEnumerable<Target> All(TempFolder folder)
    {
        var limits = new ImageLimits();
        yield return new("image header", 40, Images, input => ImageHeader.MediaType(input) is not null);
        yield return new("image of the scorer", 3, Images, Refusing<ClipScorer.Images.ImageRejectedException>(input => ImageDecoder.Decode(input, limits).Dispose()))
        { AllocatedForByte = 1 << 16 };
        yield return new("image of the captioner", 3, Images, Refusing<Ipo.Images.ImageRejectedException>(input => ImageFile.Check(input).ToJpeg(64, 80)))
        { AllocatedForByte = 1 << 16 };

        yield return new("CSV", 30, Bytes(
            "image,class,split\nkind_a/00.png,cat,train\n\"kind,b.png\",\"a \"\"b\"\"\",test\n", "image;class\na.png;x\n\nb.png;y\n", "image\tclass\r\na\tb\r\n"),
            Refusing<RefusedException>(input =>
            {
                using var reader = new StringReader(Text(input));
                foreach (var _ in CsvRows.Read("list.csv", reader, "image", "class")) ;
            }))
        { Words = Bytes("\"", "\"\"", ",", ";", "\t", "\r\n", "image", "class", "split", "train", "\ufeff") };
        yield return new("published prompts", 20, Bytes("dataset,prompt,base_acc,novel_acc\nbirds,a photo of a <CLASS>.,71.5,60\n"),
            Refusing<RefusedException>(input => PublishedFile.Read(Text(input))))
        { Words = Bytes(",", "100", "1e2", "0.1", "\"", "-0", "79228162514264337593543950336") };
        yield return new("manifest", 20, Bytes($"{new string('a', 64)}  a/b.png\n\\{new string('b', 64)} *c\\\\d\\n.png\n"),
            Refusing<RefusedException>(input => Manifest.Read(new MemoryStream(input), 100)))
        { Words = Bytes("../", "\\n", "\\\\", new string('0', 64), "  ", " *") };

        var data = Path.Combine(folder, "listed");
        foreach (var image in (string[])["kind_a/00.png", "kind_b/00.png", "images/kind_a/00.png", "data/images/1.jpg"]) folder.Write($"listed/{image}", TinyDataset.Image(image));
        Func<byte[], bool> Listed(string file) => Refusing<RefusedException>(input =>
        {
            var path = Path.Combine(data, file);
            File.WriteAllBytes(path, input);
            try { DatasetListing.Read(data, data, new()); }
            finally { File.Delete(path); }
        });
        yield return new("dataset CSV", 2, Bytes("image,class,split\nkind_a/00.png,cat,train\nkind_b/00.png,dog,test\n"), Listed("list.csv"))
        { Words = Bytes("\"", ",", "kind_a/00.png", "../", "image", "class", "\r\n", "\ufeff") };
        yield return new("dataset split", 2, Bytes("""{"train":[["kind_a/00.png",0,"cat"]],"val":[["kind_b/00.png",1,"dog"]],"test":[["kind_a/00.png",0,"cat"]]}"""),
            Listed("split_zhou_Tiny.json"))
        { Words = Bytes("\"train\":", "[[", "]]", "\"kind_a/00.png\"", "-1", "\"../a\"", "null") };

        var zips = new ZipFiles(Options.Create(new OrchestratorOptions { DataDirectory = Path.Combine(folder, "zips") }));
        var zip = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "zips")).FullName, "in.zip");
        yield return new("zip", 1, [Zip(CompressionLevel.NoCompression), Zip(CompressionLevel.Optimal)], Refusing<RefusedException>(input =>
        {
            File.WriteAllBytes(zip, input);
            try
            {
                using var unpacked = zips.UnpackAsync(zip, folder, new(), CancellationToken.None).GetAwaiter().GetResult();
            }
            finally
            {
                var written = Path.Combine(folder, "zips", "unpacked");
                if (Directory.Exists(written)) Directory.Delete(written, recursive: true);
            }
        }))
        { IsGuided = false };
    }

    private static byte[] Zip(CompressionLevel compression)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var name in (string[])["birds/kind_a/00.png", "birds/kind_b/ü.png", "birds/list.csv"])
            {
                using var entry = archive.CreateEntry(name, compression).Open();
                entry.Write(name.EndsWith(".csv", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes("image,class\nkind_a/00.png,a\n") : TinyDataset.Image(name));
            }
        return stream.ToArray();
    }

    private static IEnumerable<byte[]> Drawn()
    {
        using var bitmap = new SKBitmap(12, 9);
        for (var at = 0; at < 108; at++) bitmap.SetPixel(at % 12, at / 12, new((byte)(at * 7), (byte)(at * 13), (byte)(255 - at), (byte)(at % 5 == 0 ? 128 : 255)));
        foreach (var format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp])
            using (var encoded = bitmap.Encode(format, 80)) yield return encoded.ToArray();
        // A GIF of one pixel with a transparent colour, and a BMP of two; Skia writes neither.
        yield return Convert.FromHexString("47494638396101000100800000FFFFFF00000021F90401000000002C00000000010001000002024401003B");
        yield return Convert.FromHexString("424D3E000000000000003600000028000000020000000100000001001800000000000800000000000000000000000000000000000000FF000000FF000000");
    }
}
