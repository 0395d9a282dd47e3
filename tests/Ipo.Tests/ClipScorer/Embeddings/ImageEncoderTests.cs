using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.Tests.ClipScorer.Model;
using Ipo.Tests.ClipScorer.ServiceTests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

public sealed class ImageEncoderTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ClipScorerMetrics _metrics;
    private readonly ModelQueue _queue;

    public ImageEncoderTests()
    {
        _metrics = new(_services.GetRequiredService<IMeterFactory>());
        _queue = new(8, _metrics);
    }

    // A card's towers take a batch while another is gathered.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Images_of_many_callers_get_the_embeddings_that_each_gets_alone(bool ofACard)
    {
        var model = ofACard ? EmbeddedModel.Packing : EmbeddedModel.Loaded;
        using var encoder = new ImageEncoder(model, _queue, new() { ImageBatch = 5 }, _metrics);
        var callers = await Task.WhenAll(Enumerable.Range(0, 12).Select(caller => EmbedAsync(encoder, Enumerable.Range(caller * 4, 9))));
        for (var caller = 0; caller < callers.Length; caller++)
            for (var image = 0; image < 9; image++)
                Assert.Equal(Alone(caller * 4 + image), callers[caller].Matrix.AsSpan(image * 256, 256).ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_submitted_is_done_before_its_threads_end(bool ofACard)
    {
        Task<EmbeddingBatch> work;
        var model = ofACard ? EmbeddedModel.Packing : EmbeddedModel.Loaded;
        using (var encoder = new ImageEncoder(model, _queue, new() { ImageBatch = 2 }, _metrics))
            work = EmbedAsync(encoder, Enumerable.Range(0, 7));
        var batch = await work;
        Assert.All(Enumerable.Range(0, 7), image => Assert.Equal(EmbeddingOutcome.Encoded, batch.Outcome(image)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Images_that_are_decoded_together_are_one_batch(bool ofACard)
    {
        var sizes = new ConcurrentBag<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, recorder) =>
        {
            if (instrument.Name == "ipo.clip_scorer.images.batch" && instrument.Meter.Scope == _services.GetService<IMeterFactory>())
                recorder.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, images, _, _) => sizes.Add(images));
        listener.Start();
        var options = new ClipScorerOptions { ImageBatch = 10, ImageBatchDelay = TimeSpan.FromSeconds(20) };
        using (var encoder = new ImageEncoder(ofACard ? EmbeddedModel.Packing : EmbeddedModel.Loaded, _queue, options, _metrics))
            for (var round = 0; round < 20; round++) await EmbedAsync(encoder, Enumerable.Range(10 * round, 10));
        Assert.Equal(Enumerable.Repeat(10.0, 20), sizes);
    }

    public void Dispose()
    {
        _queue.Dispose();
        _services.Dispose();
    }

    private static async Task<EmbeddingBatch> EmbedAsync(ImageEncoder encoder, IEnumerable<int> pictures)
    {
        var contents = pictures.Select(picture => new ReadOnlyMemory<byte>(Pictures.Bmp(picture))).ToArray();
        var batch = new EmbeddingBatch(256, Array.ConvertAll(contents, content => ImageDigest.Of(content.Span)), contents);
        await encoder.EmbedAsync(batch, TestContext.Current.CancellationToken);
        return batch;
    }

    private static float[] Alone(int picture)
    {
        var model = EmbeddedModel.Loaded;
        var (image, embedding) = (new byte[model.Preprocessor.ValuesPerImage], new float[256]);
        model.Preprocessor.Crop(Pictures.Bmp(picture), image);
        model.EncodeImages(image, 1, embedding, TestContext.Current.CancellationToken);
        return embedding;
    }
}
