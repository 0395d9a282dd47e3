using CsCheck;
using Ipo.ClipScorer.Towers;
using Xunit;

namespace Ipo.Tests.ClipScorer.Towers;

/// <summary>The feed without a card: its blocks say what was written, and when.</summary>
public sealed class ImageFeedTests
{
    private const int BytesPerImage = 3;
    private const int Dimension = 2;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void Every_image_gets_its_own_embedding_however_many_there_are() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 7], Gen.Int[1, 3]).Sample((count, room, blocks) =>
        {
            using var feed = Feed([.. Enumerable.Range(0, blocks).Select(_ => new FakeBlock(room))]);
            Assert.Equal(Expected(count), Encode(feed, count, TestContext.Current.CancellationToken));
        });

    [Fact]
    public void One_block_is_written_while_the_device_works_on_the_other()
    {
        using var card = new SemaphoreSlim(1);
        using var ready = new CountdownEvent(2);
        var overlapped = true;
        void Work()
        {
            ready.Signal(); // what comes here is written, and waits for the card
            card.Wait(TestContext.Current.CancellationToken);
            overlapped &= ready.Wait(Long, TestContext.Current.CancellationToken);
            card.Release();
        }
        using var feed = Feed(new FakeBlock(4) { Encoding = Work }, new FakeBlock(4) { Encoding = Work });
        Assert.Equal(Expected(8), Encode(feed, 8, TestContext.Current.CancellationToken));
        Assert.True(overlapped);
    }

    [Fact]
    public void A_block_that_the_device_works_on_is_never_written()
    {
        // A device that is slower than whoever writes: only of such a one could a block be written while it works.
        var blocks = Enumerable.Range(0, 2).Select(_ => new FakeBlock(3) { Encoding = () => Thread.Sleep(1) }).ToArray();
        using var feed = Feed(blocks);
        Assert.Equal(Expected(100), Encode(feed, 100, TestContext.Current.CancellationToken));
        Assert.All(blocks, block => Assert.False(block.WasDisturbed));
    }

    [Fact]
    public void A_failure_is_thrown_as_it_was_and_the_feed_goes_on()
    {
        var fails = true;
        FakeBlock Block() => new(2) { Encoding = () => { if (fails) throw new InvalidOperationException("no card"); } };
        using var feed = Feed(Block(), Block());
        for (var again = 0; again < 3; again++)
        {
            var failure = Assert.Throws<InvalidOperationException>(() => Encode(feed, 10, TestContext.Current.CancellationToken));
            Assert.Equal("no card", failure.Message);
        }
        fails = false;
        Assert.Equal(Expected(10), Encode(feed, 10, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Cancelled_work_begins_no_further_batch()
    {
        using var stop = new CancellationTokenSource();
        var begun = 0;
        FakeBlock Block() => new(1) { Encoding = () => { if (Interlocked.Increment(ref begun) == 5) stop.Cancel(); } };
        using var feed = Feed(Block(), Block());
        Assert.ThrowsAny<OperationCanceledException>(() => Encode(feed, 1_000, stop.Token));
        Assert.InRange(begun, 5, 7);
    }

    [Fact]
    public void Refuses_room_of_the_wrong_size()
    {
        using var feed = Feed(new FakeBlock(4));
        Assert.Contains("Expected 6 bytes for 2 images, found 5", Assert.Throws<ArgumentException>(
            () => feed.Encode(new byte[5], 2, new float[4], TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Contains("Expected room for 2 embeddings of 2, found 5", Assert.Throws<ArgumentException>(
            () => feed.Encode(new byte[6], 2, new float[5], TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_blocks_go_with_the_feed()
    {
        FakeBlock[] blocks = [new(1), new(1)];
        Feed(blocks).Dispose();
        Assert.All(blocks, block => Assert.True(block.IsDisposed));
    }

    private static ImageFeed Feed(params FakeBlock[] blocks) => new(blocks, BytesPerImage, Dimension);

    private static float[] Encode(ImageFeed feed, int count, CancellationToken ct)
    {
        var embeddings = new float[count * Dimension];
        byte[] images = [.. Enumerable.Range(0, count).SelectMany(image => Enumerable.Repeat((byte)(image + 1), BytesPerImage))];
        feed.Encode(images, count, embeddings, ct);
        return embeddings;
    }

    // An image's number and 1, scaled to length 1.
    private static float[] Expected(int count)
    {
        var embeddings = Enumerable.Range(0, count).SelectMany(image => new float[] { image + 1, 1 }).ToArray();
        L2Norm.Scale(embeddings, Dimension);
        return embeddings;
    }

    /// <summary>A device whose features are an image's first byte and 1.</summary>
    private sealed class FakeBlock(int room) : IImageBlock
    {
        private readonly byte[] _images = new byte[room * BytesPerImage];
        private volatile bool _isEncoding;

        public Action Encoding { get; init; } = () => { };

        public bool WasDisturbed { get; private set; }

        public bool IsDisposed { get; private set; }

        public Span<byte> Images
        {
            get
            {
                WasDisturbed |= _isEncoding;
                return _images;
            }
        }

        public void Encode(int count, Span<float> features, CancellationToken ct)
        {
            _isEncoding = true;
            Encoding();
            for (var image = 0; image < count; image++)
                (features[image * Dimension], features[image * Dimension + 1]) = (_images[image * BytesPerImage], 1);
            _isEncoding = false;
        }

        public void Dispose() => IsDisposed = true;
    }
}
