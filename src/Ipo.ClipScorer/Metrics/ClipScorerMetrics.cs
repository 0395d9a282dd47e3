using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ipo.ClipScorer.Metrics;

/// <summary>What the scorer counts, under the meter "Ipo.ClipScorer". Rates, such as texts a
/// second, follow from the counters.</summary>
internal sealed class ClipScorerMetrics
{
    public const string Name = "Ipo.ClipScorer";

    /// <summary>The spans of the scorer's own work; those of its RPCs come from the server.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private readonly Counter<long> _imagesEncoded, _imagesRejected, _textsEncoded, _embeddingsFound, _embeddingsUnknown, _embeddingsDamaged,
        _scoresDamaged;
    private readonly Counter<long> _redisFailures, _redisWritesDropped, _templatesScored, _templatesReused,
        _templatesRefused, _callsRefused;
    private readonly UpDownCounter<int> _calls;
    private readonly Histogram<double> _queueWait, _imageBatch;

    public ClipScorerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _imagesEncoded = meter.CreateCounter<long>("ipo.clip_scorer.images.encoded", "{image}",
            "Images that went through the vision tower.");
        _imagesRejected = meter.CreateCounter<long>("ipo.clip_scorer.images.rejected", "{image}",
            "Images whose content could not be used.");
        _textsEncoded = meter.CreateCounter<long>("ipo.clip_scorer.texts.encoded", "{text}", "Texts that went through the text tower.");
        _embeddingsFound = meter.CreateCounter<long>("ipo.clip_scorer.embeddings.found", "{image}",
            "Embeddings found in a cache, by cache.");
        _embeddingsUnknown = meter.CreateCounter<long>("ipo.clip_scorer.embeddings.unknown", "{image}", "Embeddings that no cache held.");
        _embeddingsDamaged = meter.CreateCounter<long>("ipo.clip_scorer.embeddings.damaged", "{image}",
            "Values in Redis that this installation did not write for their image.");
        _scoresDamaged = meter.CreateCounter<long>("ipo.clip_scorer.scores.damaged", "{template}",
            "Values in Redis that this installation did not write for their score.");
        _redisFailures = meter.CreateCounter<long>("ipo.clip_scorer.redis.failures", "{failure}",
            "Reads and writes that Redis failed or was too slow for.");
        _redisWritesDropped = meter.CreateCounter<long>("ipo.clip_scorer.redis.writes_dropped", "{image}",
            "Embeddings that were not written to Redis.");
        _templatesScored = meter.CreateCounter<long>("ipo.clip_scorer.templates.scored", "{template}", "Templates scored on an image set.");
        _templatesReused = meter.CreateCounter<long>("ipo.clip_scorer.templates.reused", "{template}",
            "Templates whose score or prompts were known already, by what was found.");
        _templatesRefused = meter.CreateCounter<long>("ipo.clip_scorer.templates.refused", "{template}",
            "Templates that cannot be scored.");
        _callsRefused = meter.CreateCounter<long>("ipo.clip_scorer.calls.refused", "{call}", "Calls refused because the queue was full.");
        _calls = meter.CreateUpDownCounter<int>("ipo.clip_scorer.calls", "{call}", "Calls in the service, at work or waiting for a turn.");
        _queueWait = meter.CreateHistogram<double>("ipo.clip_scorer.queue.wait", "s", "Wait for a turn on the model.", tags: null,
            advice: new() { HistogramBucketBoundaries = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30] });
        _imageBatch = meter.CreateHistogram<double>("ipo.clip_scorer.images.batch", "{image}",
            "Images in one run of the vision tower.", tags: null,
            advice: new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
    }

    public void ImagesEncoded(int images)
    {
        _imagesEncoded.Add(images);
        _imageBatch.Record(images);
    }

    public void ImageRejected() => _imagesRejected.Add(1);

    public void TextsEncoded(int texts) => _textsEncoded.Add(texts);

    /// <param name="cache">"memory" or "redis".</param>
    /// <param name="images">How many.</param>
    public void EmbeddingsFound(string cache, int images)
    {
        if (images > 0) _embeddingsFound.Add(images, new KeyValuePair<string, object?>("cache", cache));
    }

    public void EmbeddingsUnknown(int images)
    {
        if (images > 0) _embeddingsUnknown.Add(images);
    }

    public void EmbeddingsDamaged(int values) => _embeddingsDamaged.Add(values);

    public void ScoresDamaged(int values) => _scoresDamaged.Add(values);

    public void RedisFailed() => _redisFailures.Add(1);

    public void RedisWritesDropped(int images) => _redisWritesDropped.Add(images);

    public void TemplateScored() => _templatesScored.Add(1);

    /// <param name="what">"score", "redis" (a score too) or "classes" (the embeddings of its prompts).</param>
    public void TemplateReused(string what) => _templatesReused.Add(1, new KeyValuePair<string, object?>("what", what));

    public void TemplateRefused() => _templatesRefused.Add(1);

    public void CallRefused() => _callsRefused.Add(1);

    public void CallEntered() => _calls.Add(1);

    public void CallLeft() => _calls.Add(-1);

    public void Waited(TimeSpan wait) => _queueWait.Record(wait.TotalSeconds);
}
