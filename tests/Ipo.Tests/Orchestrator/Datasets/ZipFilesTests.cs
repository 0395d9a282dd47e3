using System.IO.Compression;
using Grpc.Core;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

/// <summary>Zips of datasets, also hostile ones.</summary>
public sealed class ZipFilesTests : OrchestratorTest
{
    private protected override void Configure(OrchestratorOptions options) =>
        (options.LargestImageBytes, options.MostImages, options.MostUnpackedBytes) = (2000, 60, 2_000_000);

    [Theory]
    [InlineData("")]
    [InlineData("flowers/")]
    [InlineData("a/b/")]
    public async Task A_zip_of_class_folders_registers_like_the_folder_itself(string wrapper)
    {
        TinyDataset.Write(Folder, "data/tiny");
        var folder = await Lab.RegisterAsync("tiny");
        Zip("data/packed.zip", [.. Directory.GetFiles(Path.Combine(Folder, "data/tiny"), "*", SearchOption.AllDirectories)
            .Select(file => (wrapper + Path.GetRelativePath(Path.Combine(Folder, "data/tiny"), file), File.ReadAllBytes(file)))]);
        var packed = await Lab.RegisterAsync("packed.zip");
        Assert.Equal(("packed", "folder", folder.Digest), (packed.Name, packed.Layout, packed.Digest));
        Assert.StartsWith(Path.Combine(Folder, "state", "unpacked"), packed.Path, StringComparison.Ordinal);
        Assert.Empty(packed.Warnings);
    }

    [Fact]
    public async Task A_zip_of_a_csv_registers_and_what_is_not_unpacked_is_named()
    {
        Zip("data/table.zip",
            ("labels.csv", "image,class,split\nx/1.png,fox,train\nx/2.png,owl,train\nx/3.png,fox,test\nx/4.png,owl,test\n"u8.ToArray()),
            ("x/1.png", TinyDataset.Image("1")), ("x/2.png", TinyDataset.Image("2")), ("x/3.png", TinyDataset.Image("3")), ("x/4.png", TinyDataset.Image("4")),
            ("x/run.sh", "#!/bin/sh"u8.ToArray()), ("x/huge.png", new byte[3000]), ("__MACOSX/x/._1.png", [0]), (".DS_Store", [0]));
        var dataset = await Lab.RegisterAsync("table.zip");
        Assert.Equal(("csv", 2, 2), (dataset.Layout, dataset.TrainImages, dataset.TestImages));
        Assert.Contains("'x/run.sh' is not unpacked: neither an image nor a list by its extension. JPEG, PNG, WebP, GIF and BMP files are read (.jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif, .bmp), and lists as .csv, .tsv, .json or .txt.", dataset.Warnings);
        Assert.Contains("'x/huge.png' has more than 2000 bytes and is left out.", dataset.Warnings);
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(Folder, "state/unpacked"), "*", SearchOption.AllDirectories), file => !file.EndsWith(".png", StringComparison.Ordinal) && !file.EndsWith(".csv", StringComparison.Ordinal));
        Assert.Equal(dataset, await Lab.RegisterAsync("table.zip"));
    }

    [Fact]
    public async Task A_changed_zip_is_the_same_dataset_with_other_content_and_the_old_content_stays()
    {
        Zip("data/d.zip", Pictures("a"));
        var before = await Lab.RegisterAsync("d.zip");
        File.Delete(Path.Combine(Folder, "data/d.zip"));
        Zip("data/d.zip", Pictures("b"));
        var after = await Lab.RegisterAsync("d.zip");
        Assert.Equal(before.Name, after.Name);
        Assert.NotEqual(before.Digest, after.Digest);
        Assert.True(Directory.Exists(before.Path));

        Zip("data/other/d.zip", Pictures("c"));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Lab.RegisterAsync("other/d.zip"));
        Assert.Equal(StatusCode.AlreadyExists, refused.StatusCode);
    }

    [Theory]
    [InlineData("../evil.png", "holds '../evil.png', a path that leads out of it; nothing was unpacked")]
    [InlineData("x/../../evil.png", "a path that leads out of it")]
    [InlineData("/tmp/evil.png", "a path that leads out of it")]
    [InlineData("..\\evil.png", "a path that leads out of it")]
    [InlineData("C:/evil.png", "a path that leads out of it")]
    public async Task A_path_that_leads_out_of_the_zip_is_refused_before_anything_is_written(string path, string message)
    {
        Zip("data/evil.zip", [.. Pictures("a"), (path, TinyDataset.Image("evil"))]);
        await RefusedAsync("evil.zip", message);
        Assert.False(Directory.Exists(Path.Combine(Folder, "state/unpacked")));
        Assert.Empty(Directory.GetFiles(Folder, "evil.png", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Links_repetitions_and_too_much_of_anything_are_refused()
    {
        Zip("data/link.zip", Pictures("a"));
        using (var archive = ZipFile.Open(Path.Combine(Folder, "data/link.zip"), ZipArchiveMode.Update))
            archive.CreateEntry("fox/passwd.png").ExternalAttributes = unchecked((int)0xA1FF0000);
        await RefusedAsync("link.zip", "holds the symbolic link 'fox/passwd.png'");

        Zip("data/twice.zip", [.. Pictures("a"), ("FOX/1.png", TinyDataset.Image("x"))]);
        await RefusedAsync("twice.zip", "holds 'FOX/1.png' twice, capitals aside");

        Zip("data/many.zip", [.. Enumerable.Range(0, 61).Select(i => ($"fox/{i}.png", TinyDataset.Image($"{i}")))]);
        await RefusedAsync("many.zip", "holds 61 files; the limit is 60 (Ipo:Orchestrator:MostImages)");

        Zip("data/big.zip", [.. Pictures("a"), ("labels.txt", new byte[2_000_000])]);
        await RefusedAsync("big.zip", "bytes; the limit is 2000000 (Ipo:Orchestrator:MostUnpackedBytes)");

        Zip("data/nothing.zip", ("readme.md", [1]));
        await RefusedAsync("nothing.zip", "holds no images. A dataset is");

        Folder.Write("data/none.zip", "not a zip");
        await RefusedAsync("none.zip", "is not a zip file, or is damaged");
    }

    [Theory]
    [InlineData(19)]
    [InlineData(1999)]
    public async Task A_zip_that_lies_about_a_size_never_writes_more_than_it_says(int said)
    {
        Zip("data/bomb.zip", [.. Pictures("a"), ("fox/bomb.png", new byte[1900])]);
        var path = Path.Combine(Folder, "data/bomb.zip");
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        // The central directory's entry: the uncompressed size stands 22 bytes before the name (APPNOTE 4.3.12).
        var name = bytes.AsSpan().LastIndexOf("fox/bomb.png"u8);
        Assert.Equal(1900, BitConverter.ToInt32(bytes, name - 22));
        BitConverter.GetBytes(said).CopyTo(bytes, name - 22);
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
        if (said > 1900)
        {
            await RefusedAsync("bomb.zip", "is damaged: 'fox/bomb.png' does not unpack to the 1999 bytes that the zip says");
            Assert.Empty(Directory.GetFiles(Path.Combine(Folder, "state/unpacked"), "*", SearchOption.AllDirectories));
        }
        else
        {
            Assert.Contains("'fox/bomb.png' is not a JPEG, PNG, WebP, GIF or BMP and is left out.", (await Lab.RegisterAsync("bomb.zip")).Warnings);
            Assert.Equal(said, new FileInfo(Directory.GetFiles(Path.Combine(Folder, "state/unpacked"), "bomb.png", SearchOption.AllDirectories).Single()).Length);
        }
    }

    // Bytes of IBM437, Shift-JIS and Windows-1252 for two letters that UTF-8's reader would both make U+FFFD.
    [Theory]
    [InlineData("M\u0081ller", "M\u0094ller")]
    [InlineData("\u008E\u0052", "\u0090\u00EC")]
    [InlineData("M\u00FCller", "M\u00F6ller")]
    public async Task Names_in_a_code_page_are_refused_before_classes_are_merged(string first, string second)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "data"));
        using (var archive = ZipFile.Open(Path.Combine(Folder, "data/old.zip"), ZipArchiveMode.Create, System.Text.Encoding.Latin1))
            foreach (var (kind, i) in new[] { first, second }.SelectMany(kind => Enumerable.Range(0, 4).Select(i => (kind, i))))
            {
                using var entry = archive.CreateEntry($"{kind}/{i}.png").Open();
                entry.Write(TinyDataset.Image($"{kind}{i}"));
            }
        await RefusedAsync("old.zip", "a name that is not UTF-8, so names would be lost; nothing was unpacked. Pack it again with names in UTF-8");
        Assert.False(Directory.Exists(Path.Combine(Folder, "state/unpacked")));
    }

    [Fact]
    public async Task Names_of_a_mac_and_of_windows_are_read()
    {
        Zip("data/mac.zip", [.. from name in (string[])["jalapen\u0303o", "apple"] from i in Enumerable.Range(0, 4) select ($"food\\{name}\\{i}.jfif", TinyDataset.Image($"{name}{i}")),
            ("__MACOSX/food/jalapen\u0303o/._0.jfif", [0]), ("food/Thumbs.db", [0]), ("README.txt", [1])]);
        var dataset = await Lab.RegisterAsync("mac.zip");
        Assert.Equal(["apple", "jalapeño"], dataset.ClassNames);
        Assert.Equal(8, Lab.ImagesOf("mac").Count);
    }

    [Theory]
    [InlineData("labels.csv", ';')]
    [InlineData("LABELS.TSV", '\t')]
    public async Task A_zip_of_any_table_registers(string name, char separator)
    {
        Zip("data/table.zip", [(name, System.Text.Encoding.UTF8.GetBytes("image|class\n" + string.Concat(Enumerable.Range(0, 8).Select(i => $"x\\{i}.jpe|{(i % 2 == 0 ? "fox" : "owl")}\n"))).Select(b => b == '|' ? (byte)separator : b).ToArray()),
            .. Enumerable.Range(0, 8).Select(i => ($"x/{i}.jpe", TinyDataset.Image($"{i}")))]);
        Assert.Equal("csv", (await Lab.RegisterAsync("table.zip")).Layout);
    }

    private static (string, byte[])[] Pictures(string kind) =>
        [.. from name in (string[])["fox", "owl"] from i in Enumerable.Range(0, 4) select ($"{name}/{i}.png", TinyDataset.Image($"{kind}{name}{i}"))];

    private void Zip(string path, params (string Path, byte[] Content)[] files)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using var archive = ZipFile.Open(full, ZipArchiveMode.Create);
        foreach (var (name, content) in files)
        {
            using var entry = archive.CreateEntry(name).Open();
            entry.Write(content);
        }
    }

    private async Task RefusedAsync(string path, string message)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Lab.RegisterAsync(path));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(message, refused.Status.Detail, StringComparison.Ordinal);
    }
}
