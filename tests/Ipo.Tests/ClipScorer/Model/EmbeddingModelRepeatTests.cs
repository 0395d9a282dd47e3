using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed class EmbeddingModelRepeatTests
{
    private static readonly string Folder = Path.Combine(Shared.Repository, "models", "ipo-tiny");

    [Fact]
    public void A_text_is_equal_to_the_bit_in_every_batch()
    {
        var model = EmbeddedModel.Loaded;
        var ids = model.Tokenizer.Encode("a photo of a golden retriever, a type of dog.");
        var alone = Texts(model, ids[..6], [ids[6..]]);
        foreach (var count in new[] { 1, 2, 3, 5, 7, 8, 13, 16, 31, 60, 100, 200 })
        {
            // Others of its length and of other lengths stand around it; it stands first, in the middle, and last.
            var others = Enumerable.Range(0, count).Select(text => Enumerable.Range(0, 1 + text % 4 * 3).Select(at => 300 + text * 7 + at).Append(6143).ToArray());
            var same = Enumerable.Range(0, count).Select(text => (int[])[.. ids[6..^1].Select(id => (id + text) % 6142), 6143]).ToList();
            foreach (var position in new[] { 0, count / 2, count - 1 })
            {
                List<int[]> batch = [.. same[..position], ids[6..], .. same[position..], .. others];
                Assert.Equal(alone, Texts(model, ids[..6], batch).AsSpan(position * 256, 256).ToArray());
            }
        }
    }

    [Fact]
    public void A_whole_text_is_equal_to_the_bit_in_every_batch()
    {
        var model = EmbeddedModel.Loaded;
        var ids = model.Tokenizer.Encode("a photo of a cat.");
        var alone = Texts(model, [], [ids]);
        for (var count = 1; count <= 130; count += 3)
        {
            var batch = Enumerable.Range(0, count).Select(text => (int[])[6142, .. ids[1..^1].Select(id => (id + text) % 6142), 6143]).Append(ids).ToList();
            Assert.Equal(alone, Texts(model, [], batch).AsSpan(count * 256, 256).ToArray());
        }
    }

    [Fact]
    public void An_image_is_equal_to_the_bit_in_every_batch()
    {
        var model = EmbeddedModel.Loaded;
        var image = Pixels(0);
        var alone = Images(model, image, 1);
        foreach (var count in new[] { 2, 3, 4, 8, 12, 13, 14, 20, 41 })
        {
            byte[] batch = [.. Enumerable.Range(1, count - 1).SelectMany(Pixels), .. image];
            Assert.Equal(alone, Images(model, batch, count).AsSpan((count - 1) * 256, 256).ToArray());
            byte[] first = [.. image, .. Enumerable.Range(1, count - 1).SelectMany(Pixels)];
            Assert.Equal(alone, Images(model, first, count).AsSpan(0, 256).ToArray());
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        using var one = EmbeddingModel.Load(Folder, new() { Device = DeviceChoice.Cpu, Threads = 1 });
        using var three = EmbeddingModel.Load(Folder, new() { Device = DeviceChoice.Cpu, Threads = 3 });
        var suffixes = Enumerable.Range(0, 90).Select(text => (int[])[.. Enumerable.Range(0, 1 + text % 5).Select(at => 400 + text + at), 269, 6143]).ToList();
        Assert.Equal(Texts(one, [6142, 320, 548, 518], suffixes), Texts(three, [6142, 320, 548, 518], suffixes));
        byte[] pixels = [.. Enumerable.Range(0, 20).SelectMany(Pixels)];
        Assert.Equal(Images(one, pixels, 20), Images(three, pixels, 20));
        Assert.Contains("1 thread", one.Facts.Device, StringComparison.Ordinal);
        Assert.Contains("3 threads", three.Facts.Device, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Callers_side_by_side_get_what_they_get_alone(bool packs)
    {
        var model = Model(packs);
        // Of one shape and with other texts for each, so that what one caller writes over another's is seen.
        var calls = Enumerable.Range(0, 8).Select(caller => Enumerable.Range(0, 24).Select(text => (int[])[500 + 24 * caller + text, 269, 6143]).ToList()).ToList();
        var alone = calls.ConvertAll(suffixes => Texts(model, [6142, 320], suffixes));
        for (var round = 0; round < 40; round++)
            Assert.Equal(alone, await Task.WhenAll(calls.Select(suffixes => Task.Run(() => Texts(model, [6142, 320], suffixes)))));
    }

    [Fact]
    public void Embeddings_have_length_one()
    {
        var found = Texts(EmbeddedModel.Loaded, [6142], [[320, 6143], [6143]]);
        Assert.All(found.Chunk(256), embedding => Assert.Equal(1.0, Math.Sqrt(embedding.Sum(value => (double)value * value)), 6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_to_encode_is_no_work(bool packs)
    {
        Model(packs).EncodeImages([], 0, [], TestContext.Current.CancellationToken);
        Model(packs).EncodeTexts([], [], TestContext.Current.CancellationToken);
        Model(packs).EncodeTemplate([.. Enumerable.Repeat(320, 500)], [], [], TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cancelled_call_does_no_work(bool packs)
    {
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => Model(packs).EncodeTexts([[6142, 6143]], new float[256], cancelled));
        Assert.Throws<OperationCanceledException>(() => Model(packs).EncodeImages(Pixels(0), 1, new float[256], cancelled));
    }

    [Fact]
    public async Task Cancelling_stops_the_work_under_way()
    {
        var model = EmbeddedModel.Loaded;
        var pixels = new byte[3_000 * 3 * 64 * 64];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var work = Task.Run(() => model.EncodeImages(pixels, 3_000, new float[3_000 * 256], stop.Token), CancellationToken.None);
        stop.CancelAfter(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        TestContext.Current.TestOutputHelper?.WriteLine($"Stopped after {clock.ElapsedMilliseconds} ms.");
    }

    [Fact]
    public void Refuses_room_of_the_wrong_size()
    {
        Assert.Throws<ArgumentException>(() => EmbeddedModel.Loaded.EncodeImages(Pixels(0), 2, new float[512], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => EmbeddedModel.Loaded.EncodeImages(Pixels(0), 1, new float[255], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => EmbeddedModel.Loaded.EncodeTexts([[6142, 6143]], new float[193], TestContext.Current.CancellationToken));
    }

    private static EmbeddingModel Model(bool packs) => packs ? EmbeddedModel.Packing : EmbeddedModel.Loaded;

    private static float[] Texts(EmbeddingModel model, int[] prefix, List<int[]> suffixes)
    {
        var embeddings = new float[suffixes.Count * model.Facts.EmbeddingDimension];
        model.EncodeTemplate(prefix, suffixes, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static float[] Images(EmbeddingModel model, byte[] pixels, int count)
    {
        var embeddings = new float[count * model.Facts.EmbeddingDimension];
        model.EncodeImages(pixels, count, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static byte[] Pixels(int seed)
    {
        var image = new byte[3 * 64 * 64];
        new Random(seed).NextBytes(image);
        return image;
    }
}
