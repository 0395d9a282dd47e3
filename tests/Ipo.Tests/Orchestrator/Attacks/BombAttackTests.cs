using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Grpc.Core;
using Ipo.Images;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Captioner;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>Small files that become large: pictures, zips and lists.</summary>
public sealed class BombAttackTests : OrchestratorTest
{
    private const long MostUnpacked = 4_000_000;
    private const int MostImages = 200;

    private protected override void Configure(OrchestratorOptions options) =>
        (options.MostUnpackedBytes, options.MostImages, options.LargestImageBytes) = (MostUnpacked, MostImages, 1_000_000);

    public static TheoryData<string, string> Claims => new()
    {
        { "50000.png", "50,000 × 50,000" }, { "16384.png", "16,384 × 5,000" }, { "webp.webp", "16,384 × 16,384" },
        { "gif.gif", "65,535 × 65,535" }, { "bmp.bmp", "40,000 × 40,000" },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task A_picture_that_claims_too_many_pixels_is_left_out_by_its_header_and_never_decoded(string name, string size)
    {
        var bomb = Bomb(name);
        Assert.InRange(bomb.Length, 1, 1000);
        TinyDataset.Write(Folder, "data/pets", classes: 2);
        Folder.Write($"data/pets/kind_a/{name}", bomb);
        var dataset = await Lab.RegisterAsync("pets");
        Assert.Contains($"'kind_a/{name}' has {size} pixels (more than 16,384 a side or 64,000,000 in all) and is left out.", dataset.Warnings);
        Assert.DoesNotContain(Lab.ImagesOf("pets"), image => image.Path.EndsWith(name, StringComparison.Ordinal));
        Assert.StartsWith($"the image has {size} pixels; the limit is ", Assert.Throws<ImageRejectedException>(() => ImageFile.Check(bomb)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_gif_of_ten_thousand_pictures_the_first_is_read_and_no_other()
    {
        var gif = Gif(64, 64, frames: 10_000);
        TinyDataset.Write(Folder, "data/pets", classes: 2);
        Folder.Write("data/pets/kind_a/film.gif", gif);
        await Lab.RegisterAsync("pets");
        var film = Lab.ImagesOf("pets").Single(image => image.Path == "kind_a/film.gif");
        var before = GC.GetTotalAllocatedBytes();
        var small = await Client.Datasets.GetThumbnailAsync(new() { Name = "pets", Sha256 = film.Sha256 }, cancellationToken: Cancellation);
        Assert.Equal("image/jpeg", small.ContentType);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 256 * 1024 * 1024); // other tests allocate meanwhile
    }

    [Fact]
    public async Task A_zip_of_a_thousandfold_is_refused_by_what_it_says_and_nothing_is_unpacked()
    {
        Zip("data/bomb.zip", [("a/list.txt", new byte[MostUnpacked + 1])]);
        Assert.InRange(new FileInfo(Path.Combine(Folder, "data/bomb.zip")).Length, 1, MostUnpacked / 500);
        await RefusedAsync("bomb.zip", $"unpacks to {MostUnpacked + 1} bytes; the limit is {MostUnpacked}");
        AssertNothingUnpacked();
    }

    [Fact]
    public async Task A_zip_in_a_zip_is_not_unpacked()
    {
        Zip("inner.zip", [("a/1.png", TinyDataset.Image("x"))]);
        var inner = await File.ReadAllBytesAsync(Path.Combine(Folder, "inner.zip"), Cancellation);
        Zip("data/outer.zip", [.. Images(), ("a/inner.zip", inner)]);
        var dataset = (await Client.Datasets.RegisterDatasetAsync(new() { Path = "outer.zip" }, cancellationToken: Cancellation)).Dataset;
        Assert.Contains(dataset.Warnings, warning => warning.StartsWith("'a/inner.zip' is not unpacked", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.Combine(Folder, "state", "unpacked"), "*.zip", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(0xFFFF)]
    public async Task A_zip_of_very_many_entries_is_refused_before_they_are_held_whatever_number_it_says(int? said)
    {
        Zip("data/many.zip", [.. Enumerable.Range(0, 50_000).Select(at => ($"{at}", Array.Empty<byte>()))]);
        var path = Path.Combine(Folder, "data/many.zip");
        if (said is { } number)
        {
            var bytes = await File.ReadAllBytesAsync(path, Cancellation);
            var end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(end + 8), (ushort)number);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(end + 10), (ushort)number);
            await File.WriteAllBytesAsync(path, bytes, Cancellation);
        }
        await RefusedAsync("many.zip", $"has more than {2 * MostImages + 1000} entries");
        AssertNothingUnpacked();
    }

    [Theory]
    [InlineData("classnames.txt")]
    [InlineData("list.csv")]
    public async Task A_list_of_one_endless_line_is_refused_and_not_held(string name)
    {
        TinyDataset.Write(Folder, "data/list/images/train", classes: 2);
        TinyDataset.Write(Folder, "data/list/images/val", classes: 2);
        Folder.Write($"data/list/{name}", new string('x', 60_000_000));
        var before = GC.GetTotalAllocatedBytes();
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => RegisterAsync("list"));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 256 * 1024 * 1024);
    }

    private async Task RefusedAsync(string path, string words) => Assert.Contains(
        words, await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => RegisterAsync(path)), StringComparison.Ordinal);

    private Task<V1.RegisterDatasetResponse> RegisterAsync(string path) => Client.Datasets.RegisterDatasetAsync(new() { Path = path }, cancellationToken: Cancellation).ResponseAsync;

    private void AssertNothingUnpacked() => Assert.False(Directory.Exists(Path.Combine(Folder, "state", "unpacked")));

    private void Zip(string path, IReadOnlyList<(string Path, byte[] Content)> files)
    {
        using var archive = ZipFile.Open(Path.Combine(Folder, path), ZipArchiveMode.Create);
        foreach (var file in files)
        {
            using var entry = archive.CreateEntry(file.Path).Open();
            entry.Write(file.Content);
        }
    }

    private static IEnumerable<(string, byte[])> Images() =>
        from kind in (string[])["a", "b"]
        from number in Enumerable.Range(0, 6)
        select ($"{kind}/{number}.png", TinyDataset.Image($"{kind}{number}"));

    private static byte[] Bomb(string name) => name switch
    {
        "50000.png" => Pictures.Claiming(50_000, 50_000),
        "16384.png" => Pictures.Claiming(16_384, 5_000),
        "webp.webp" => WebP(16_384, 16_384),
        "gif.gif" => Gif(65_535, 65_535, frames: 1),
        _ => Bmp(40_000, 40_000),
    };

    // GIF89a: a screen of a size, and pictures of one point.
    private static byte[] Gif(int width, int height, int frames)
    {
        byte[] begin = [.. "GIF89a"u8, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0x80, 0, 0, 255, 0, 0, 0, 0, 255];
        byte[] frame = [0x21, 0xF9, 4, 0, 1, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
        return [.. begin, .. Enumerable.Repeat(frame, frames).SelectMany(bytes => bytes), 0x3B];
    }

    // A WebP of the lossless kind: its header alone.
    private static byte[] WebP(int width, int height)
    {
        var size = (uint)(width - 1) | ((uint)(height - 1) << 14);
        byte[] picture = [0x2F, (byte)size, (byte)(size >> 8), (byte)(size >> 16), (byte)(size >> 24), 0, 0, 0, 0, 0];
        byte[] chunk = [.. "VP8L"u8, (byte)picture.Length, 0, 0, 0, .. picture];
        return [.. "RIFF"u8, (byte)(chunk.Length + 4), 0, 0, 0, .. "WEBP"u8, .. chunk];
    }

    private static byte[] Bmp(int width, int height)
    {
        var bytes = new byte[54 + 16];
        Encoding.ASCII.GetBytes("BM").CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), height);
        (bytes[26], bytes[28]) = (1, 24);
        return bytes;
    }
}
