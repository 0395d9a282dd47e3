using Ipo.ServiceDefaults.Settings;

namespace Ipo.ClipScorer.Settings;

/// <summary>Bounds and waits of the scorer, from the configuration section <c>Ipo:ClipScorer</c>; the
/// checkpoint's own settings (<see cref="ModelOptions"/>) stand in the same section. The defaults suit two
/// cores and a checkpoint of any size.</summary>
internal sealed class ClipScorerOptions
{
    public const string Section = "Ipo:ClipScorer";

    /// <summary>Calls that need the model and may be in the service at once, running or waiting; one more is answered
    /// RESOURCE_EXHAUSTED.</summary>
    [Between(1, 10_000, Unit = "calls")]
    public int QueueLength { get; set; } = 64;

    /// <summary>Most images that the vision tower is given at once; 0 takes 8 for each thread of a
    /// CPU, at most 64, and 64 on a GPU.</summary>
    [Between(0, 1024, Unit = "images")]
    public int ImageBatch { get; set; }

    /// <summary>Longest wait for further images of a batch while some are still being decoded.</summary>
    [Between("00:00:00", "00:00:01")]
    public TimeSpan ImageBatchDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Memory for embeddings of single images; 0 turns it off. The default holds 240,000 images at 512
    /// numbers. Image sets are put together from it and from Redis, so without a Redis it should be no less than
    /// <see cref="ImageSetMemoryMiB"/>.</summary>
    [Between(0, 1_048_576, Unit = "MiB")]
    public int EmbeddingMemoryMiB { get; set; } = 512;

    /// <summary>Memory for image sets. The set not used for longest goes first.</summary>
    [Between(1, 1_048_576, Unit = "MiB")]
    public int ImageSetMemoryMiB { get; set; } = 512;

    /// <summary>Memory for the class embeddings of templates; 0 turns it off. The default holds 32 templates
    /// of 1,000 classes at 512 numbers.</summary>
    [Between(0, 1_048_576, Unit = "MiB")]
    public int TemplateMemoryMiB { get; set; } = 64;

    /// <summary>Memory for scores of templates; 0 turns it off. The default
    /// holds 170 scores of 16,000 images.</summary>
    [Between(0, 1_048_576, Unit = "MiB")]
    public int ScoreMemoryMiB { get; set; } = 32;

    /// <summary>Longest wait for 512 embeddings from Redis, or the scores of a request; what comes later is a miss.</summary>
    [Between("00:00:00.01", "00:01:00")]
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long Redis is left alone after it failed, so that a dead one does not slow every call.</summary>
    [Between("00:00:00", "00:10:00")]
    public TimeSpan RedisPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long Redis keeps an embedding or a score.</summary>
    [Between("00:01:00", "3650.00:00:00")]
    public TimeSpan RedisLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Embeddings that may wait to be written to Redis; further ones are not written.</summary>
    [Between(1, 1_000_000, Unit = "embeddings")]
    public int RedisBacklog { get; set; } = 4096;
}
