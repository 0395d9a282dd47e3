using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ipo.ClipScorer;

/// <summary>What the scorer counts, under the meter "Ipo.ClipScorer". Rates, such as texts a second, follow from the counters.</summary>
internal sealed class ClipScorerMetrics
{
    public const string Name = "Ipo.ClipScorer";

    /// <summary>The spans of the scorer's own work; those of its RPCs come from the server.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private readonly Counter<long> imagesEncoded, imagesRejected, textsEncoded, embeddingsFound, embeddingsUnknown, embeddingsDamaged;
    private readonly Counter<long> redisFailures, redisWritesDropped, templatesScored, templatesReused, templatesRefused, callsRefused;
    private readonly Histogram<double> queueWait, imageBatch;

    public ClipScorerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        imagesEncoded = meter.CreateCounter<long>("ipo.clip_scorer.images.encoded", "{image}", "Images that went through the vision tower.");
        imagesRejected = meter.CreateCounter<long>("ipo.clip_scorer.images.rejected", "{image}", "Images whose content could not be used.");
        textsEncoded = meter.CreateCounter<long>("ipo.clip_scorer.texts.encoded", "{text}", "Texts that went through the text tower.");
        embeddingsFound = meter.CreateCounter<long>("ipo.clip_scorer.embeddings.found", "{image}", "Embeddings found in a cache, by cache.");
        embeddingsUnknown = meter.CreateCounter<long>("ipo.clip_scorer.embeddings.unknown", "{image}", "Embeddings that no cache held.");
        embeddingsDamaged = meter.CreateCounter<long>("ipo.clip_scorer.embeddings.damaged", "{image}", "Values in Redis that are not an embedding.");
        redisFailures = meter.CreateCounter<long>("ipo.clip_scorer.redis.failures", "{failure}", "Reads and writes that Redis failed or was too slow for.");
        redisWritesDropped = meter.CreateCounter<long>("ipo.clip_scorer.redis.writes_dropped", "{image}", "Embeddings that were not written to Redis.");
        templatesScored = meter.CreateCounter<long>("ipo.clip_scorer.templates.scored", "{template}", "Templates scored on an image set.");
        templatesReused = meter.CreateCounter<long>("ipo.clip_scorer.templates.reused", "{template}", "Templates answered from memory, by what was there.");
        templatesRefused = meter.CreateCounter<long>("ipo.clip_scorer.templates.refused", "{template}", "Templates that cannot be scored.");
        callsRefused = meter.CreateCounter<long>("ipo.clip_scorer.calls.refused", "{call}", "Calls refused because the queue was full.");
        queueWait = meter.CreateHistogram<double>("ipo.clip_scorer.queue.wait", "s", "Wait for a turn on the model.");
        imageBatch = meter.CreateHistogram<double>("ipo.clip_scorer.images.batch", "{image}", "Images in one run of the vision tower.");
    }

    public void ImagesEncoded(int images)
    {
        imagesEncoded.Add(images);
        imageBatch.Record(images);
    }

    public void ImageRejected() => imagesRejected.Add(1);

    public void TextsEncoded(int texts) => textsEncoded.Add(texts);

    /// <param name="cache">"memory" or "redis".</param>
    /// <param name="images">How many.</param>
    public void EmbeddingsFound(string cache, int images)
    {
        if (images > 0) embeddingsFound.Add(images, new KeyValuePair<string, object?>("cache", cache));
    }

    public void EmbeddingsUnknown(int images)
    {
        if (images > 0) embeddingsUnknown.Add(images);
    }

    public void EmbeddingDamaged() => embeddingsDamaged.Add(1);

    public void RedisFailed() => redisFailures.Add(1);

    public void RedisWritesDropped(int images) => redisWritesDropped.Add(images);

    public void TemplateScored() => templatesScored.Add(1);

    /// <param name="what">"score" or "classes" (the embeddings of its prompts).</param>
    public void TemplateReused(string what) => templatesReused.Add(1, new KeyValuePair<string, object?>("what", what));

    public void TemplateRefused() => templatesRefused.Add(1);

    public void CallRefused() => callsRefused.Add(1);

    public void Waited(TimeSpan wait) => queueWait.Record(wait.TotalSeconds);
}
