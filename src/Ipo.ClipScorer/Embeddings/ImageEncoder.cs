using System.Collections.Concurrent;
using System.Diagnostics;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.ClipScorer.Towers;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>The last stage: decodes and encodes images. One line for all callers: decoders, a thread per core,
/// fill a bounded belt of cropped images from which batches are gathered for the vision tower. So decoding runs
/// beside inference, single images of many callers share a batch, and memory holds at most two batches of them and
/// one for each decoder however many images wait. On a card it holds three batches: a second thread gathers the
/// next one while the card works.</summary>
internal sealed class ImageEncoder : IImageEmbeddings, IDisposable
{
    private readonly EmbeddingModel _model;
    private readonly ModelQueue _queue;
    private readonly ClipScorerMetrics _metrics;
    private readonly TimeSpan _delay;
    private readonly int _bytesPerImage;
    private readonly BlockingCollection<EncodingJob> _submitted = [];
    private readonly BlockingCollection<(EncodingJob Job, byte[] Image)> _decoded;
    private readonly ConcurrentBag<byte[]> _spare = [];
    private readonly Thread[] _decoders;
    private readonly Thread[] _encoders;
    private readonly Lock _gathering = new();
    private readonly ImageFeed _feed;
    private readonly int _batch;
    private int _decoding; // images submitted and not yet on the belt

    /// <param name="model">Encodes.</param>
    /// <param name="queue">Gives each batch its turn.</param>
    /// <param name="options">Batch size and delay.</param>
    /// <param name="metrics">Counts images.</param>
    public ImageEncoder(EmbeddingModel model, ModelQueue queue, ClipScorerOptions options, ClipScorerMetrics metrics)
    {
        (_model, _queue, _metrics, _delay) = (model, queue, metrics, options.ImageBatchDelay);
        _batch = options.ImageBatch > 0 ? options.ImageBatch : model.ImagesAtOnce;
        _bytesPerImage = model.Preprocessor.ValuesPerImage;
        _feed = model.NewImageFeed(_batch);
        _decoded = new(boundedCapacity: _batch);
        _decoders = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Start(Decode, "image decoder"))];
        _encoders = [.. _feed.Blocks.Select(block => Start(() => Encode(block), "image encoder"))];
    }

    public async Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation)
    {
        var pending = batch.Pending();
        _metrics.EmbeddingsUnknown(pending.Length);
        var (firsts, repeats) = (new Dictionary<ImageDigest, int>(), new List<(int Image, int Same)>());
        var jobs = new List<int>();
        foreach (var image in pending)
        {
            if (batch.Content(image).IsEmpty) batch.NeedContent(image);
            else if (firsts.TryAdd(batch.Digest(image), image)) jobs.Add(image);
            else repeats.Add((image, firsts[batch.Digest(image)]));
        }
        if (jobs.Count == 0) return;
        using var activity = ClipScorerMetrics.Activities.StartActivity("encode images");
        activity?.SetTag("ipo.images", jobs.Count);
        var work = new EncodingWork(batch, jobs.Count, cancellation);
        Interlocked.Add(ref _decoding, jobs.Count);
        foreach (var image in jobs) _submitted.Add(new(work, image), CancellationToken.None);
        await work.Done.WaitAsync(cancellation);
        cancellation.ThrowIfCancellationRequested(); // then images may have been dropped without an answer
        foreach (var (image, same) in repeats) batch.Repeat(image, same);
    }

    private void Decode()
    {
        foreach (var job in _submitted.GetConsumingEnumerable())
        {
            if (!_spare.TryTake(out var target)) target = new byte[_bytesPerImage];
            if (Decoded(job, target)) _decoded.Add((job, target));
            else _spare.Add(target);
            Interlocked.Decrement(ref _decoding);
        }
    }

    private bool Decoded(EncodingJob job, byte[] target)
    {
        if (job.Work.Cancellation.IsCancellationRequested) return job.Finish();
        try
        {
            _model.Preprocessor.Crop(job.Content.Span, target);
            return true;
        }
        catch (ImageRejectedException rejection)
        {
            _metrics.ImageRejected();
            return job.Reject(rejection.Message);
        }
        catch (Exception fault) { return job.Fail(fault); }
    }

    private void Encode(IImageBlock block)
    {
        var jobs = new List<EncodingJob>(_batch);
        var embeddings = new float[_batch * _model.Facts.EmbeddingDimension];
        while (Gather(jobs, block))
            if (jobs.Count > 0) EncodeBatch(jobs, block, embeddings.AsMemory(0, jobs.Count * _model.Facts.EmbeddingDimension));
    }

    // One batch at a time: two would share what is decoded, and both would be small.
    private bool Gather(List<EncodingJob> jobs, IImageBlock block)
    {
        jobs.Clear();
        lock (_gathering)
        {
            if (!_decoded.TryTake(out var first, Timeout.Infinite)) return false;
            Load(jobs, first, block);
            var opened = Stopwatch.GetTimestamp();
            while (jobs.Count < _batch && _decoded.TryTake(out var next, Wait(opened))) Load(jobs, next, block);
            return true;
        }
    }

    private void Load(List<EncodingJob> jobs, (EncodingJob Job, byte[] Image) next, IImageBlock block)
    {
        if (next.Job.Work.Cancellation.IsCancellationRequested) next.Job.Finish();
        else
        {
            next.Image.CopyTo(block.Images[(jobs.Count * _bytesPerImage)..]);
            jobs.Add(next.Job);
        }
        _spare.Add(next.Image);
    }

    // Waiting pays only while something is on its way.
    private TimeSpan Wait(long opened)
    {
        var left = _delay - Stopwatch.GetElapsedTime(opened);
        return Volatile.Read(ref _decoding) == 0 || left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    private void EncodeBatch(List<EncodingJob> jobs, IImageBlock block, Memory<float> embeddings)
    {
        var dimension = _model.Facts.EmbeddingDimension;
        using var wanted = new SharedCancellation(jobs.Select(job => job.Work.Cancellation));
        try
        {
            _queue.Run(() => _feed.Encode(block, jobs.Count, embeddings.Span, wanted.Token), wanted.Token);
            _metrics.ImagesEncoded(jobs.Count);
            for (var i = 0; i < jobs.Count; i++) jobs[i].Encoded(embeddings.Span.Slice(i * dimension, dimension));
        }
        catch (OperationCanceledException) when (wanted.Token.IsCancellationRequested) { jobs.ForEach(job => job.Finish()); }
        catch (Exception fault) { jobs.ForEach(job => job.Fail(fault)); }
    }

    private static Thread Start(Action loop, string name)
    {
        // Threads of their own: these loops block, and the pool's threads answer calls.
        var thread = new Thread(() => loop()) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    /// <summary>Ends the threads once what was submitted is done.</summary>
    public void Dispose()
    {
        _submitted.CompleteAdding();
        foreach (var thread in _decoders) thread.Join();
        _decoded.CompleteAdding();
        foreach (var thread in _encoders) thread.Join();
        _feed.Dispose();
        _submitted.Dispose();
        _decoded.Dispose();
    }
}
